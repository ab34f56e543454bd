"""The functions of the engine that no statement may call, in groups with the reason of each.

Refused is whatever `functions.py` does not list. These lists change nothing; a test holds them against DuckDB's own
list of functions, so that a new version of the engine cannot add one that nobody has thought about.
"""

from collections.abc import Mapping

REFUSED: Mapping[str, str] = {
    "reads files or writes them": """
        arrow_scan arrow_scan_dumb copy_database duckdb_external_file_cache glob import_database pandas_scan
        parquet_bloom_probe parquet_file_metadata parquet_full_metadata parquet_kv_metadata parquet_metadata
        parquet_scan parquet_schema python_arrow_scan read_blob read_csv read_csv_auto read_duckdb read_json
        read_json_auto read_json_objects read_json_objects_auto read_ndjson read_ndjson_auto read_ndjson_objects
        read_parquet read_single_csv_file read_single_json_file read_single_parquet_file read_text sniff_csv
        add_parquet_key""",
    "runs code, or SQL that is a text": """
        json_execute_serialized_sql json_serialize_plan json_serialize_sql json_deserialize_sql python_map_function
        query query_table invoke""",
    "reads a table by its name, past the policies": """
        seq_scan duckdb_table_sample histogram_values index_key storage_info table_info pragma_storage_info
        pragma_table_info currval nextval setval""",
    "tells what the engine's catalog, settings, memory or host hold": """
        collations database_list database_size duckdb_approx_database_count duckdb_available_metrics duckdb_columns
        duckdb_connection_count duckdb_constraints duckdb_coordinate_systems duckdb_databases duckdb_dependencies
        duckdb_dialects duckdb_eviction_queues duckdb_extension_repositories duckdb_extensions
        duckdb_external_resource_types duckdb_external_resources duckdb_functions duckdb_grammar_extensions
        duckdb_indexes duckdb_keywords duckdb_log_contexts duckdb_logs duckdb_logs_parsed duckdb_memory
        duckdb_optimizers duckdb_prepared_statements duckdb_profiling_settings duckdb_schemas
        duckdb_secret_type_parameters duckdb_secret_types duckdb_secrets duckdb_sequences duckdb_settings duckdb_tables
        duckdb_temporary_files duckdb_triggers duckdb_types duckdb_variables duckdb_views extension_versions functions
        get_block_size icu_calendar_names in_search_path metadata_info pg_timezone_names platform pragma_collations
        pragma_database_size pragma_metadata_info pragma_platform pragma_show pragma_user_agent pragma_version show
        show_databases show_tables show_tables_expanded stats user_agent vector_type which_secret
        getvariable""",
    "tells about the engine's session, which is the gateway's and not the consumer's": """
        ago current_connection_id current_localtime current_localtimestamp current_query current_query_id
        current_schemas current_transaction_id get_current_time inet_client_addr inet_client_port inet_server_addr
        inet_server_port pg_conf_load_time pg_is_other_temp_schema pg_my_temp_schema pg_postmaster_start_time
        txid_current""",
    "answers for PostgreSQL's catalog with the engine's": """
        col_description format_pg_type format_type generate_subscripts has_any_column_privilege has_column_privilege
        has_database_privilege has_foreign_data_wrapper_privilege has_function_privilege has_language_privilege
        has_schema_privilege has_sequence_privilege has_server_privilege has_table_privilege has_tablespace_privilege
        map_to_pg_oid obj_description pg_collation_is_visible pg_conversion_is_visible pg_function_is_visible
        pg_get_constraintdef pg_get_expr pg_get_viewdef pg_has_role pg_opclass_is_visible pg_operator_is_visible
        pg_opfamily_is_visible pg_table_is_visible pg_ts_config_is_visible pg_ts_dict_is_visible
        pg_ts_parser_is_visible pg_ts_template_is_visible pg_type_is_visible pg_typeof shobj_description""",
    "changes the engine": """
        checkpoint create_external_resource deregister_external_resource destroy_external_resource
        disable_checkpoint_on_shutdown disable_logging disable_object_cache disable_optimizer
        disable_print_progress_bar disable_profile disable_profiling disable_progress_bar disable_verification
        disable_verify_parallelism enable_checkpoint_on_shutdown enable_logging enable_object_cache enable_optimizer
        enable_print_progress_bar enable_profile enable_profiling enable_progress_bar enable_verification
        force_checkpoint register_external_resource register_external_resource_type setseed truncate_duckdb_logs
        verify_parallelism write_log""",
    "sleeps": "pg_sleep sleep_ms",
    "raises an error with a text of the caller's choosing": "assert_true error",
    "is not the same every time": "gen_random_uuid random reservoir_quantile uuid uuidv4 uuidv7",
    "makes values much larger than its arguments, without a bound": """
        array_resize bitstring bitstring_agg equi_width_bins format list_resize printf repeat_row""",
    "is about file names and paths": """
        hive_partition_component parse_dirname parse_dirpath parse_filename parse_path path_join""",
    "is a part of the engine, of its tests or of its storage": """
        alias bitstring_byte_comparable can_cast_implicitly cast_to_type combine combine_aggr constant_or_null
        create_sort_key decimal_average decimal_division finalize get_type icu_sort_key is_histogram_other_bin
        json_copy_strftime_if_date json_copy_strftime_if_timestamp make_type parse_duckdb_log_message remap_struct
        replace_type sum_no_overflow summary switch test_all_types test_vector_types timetz_byte_comparable
        to_aggregate_state unpivot_list""",
    "is about types that the gateway does not deliver": """
        enum_code enum_first enum_last enum_range enum_range_boundary st_asbinary st_asgeojson st_astext st_aswkb
        st_aswkt st_crs st_geomfromgeojson st_geomfromwkb st_intersects_extent st_setcrs union_extract union_tag
        union_value variant_array_length variant_bytes_to_variant variant_comparator variant_contains variant_exists
        variant_extract variant_extract_string variant_group_array variant_group_object variant_keys variant_normalize
        variant_to_parquet_variant variant_type variant_typeof vertex_extract""",
    "waits for somebody who needs it": """
        approx_top_k array_to_string_comma_default binom histogram_exact json_each json_merge_patch_diff json_transform
        json_transform_strict json_tree lttb make_timestamp_ms make_timestamp_ns normalized_interval apply reduce
        from_json_strict""",
}
"""Reason -> names."""

FAMILIES: Mapping[str, str] = {
    "__": "is a part of the engine",
    "collate_": "belongs to COLLATE",
    "icu_collate_": "belongs to COLLATE",
}
"""How a name begins -> the reason, for names that are made by the dozen."""
