"""The words that make a statement one about the catalog, and what PostgreSQL may do for it."""

RELATIONS = frozenset(
    """
    pg_aggregate pg_am pg_amop pg_amproc pg_attrdef pg_attribute pg_auth_members pg_authid
    pg_available_extension_versions pg_available_extensions pg_cast pg_class pg_collation pg_config
    pg_constraint pg_conversion pg_cursors pg_database pg_db_role_setting pg_default_acl pg_depend
    pg_description pg_enum pg_event_trigger pg_extension pg_file_settings pg_foreign_data_wrapper
    pg_foreign_server pg_foreign_table pg_group pg_hba_file_rules pg_ident_file_mappings pg_index pg_indexes
    pg_inherits pg_init_privs pg_language pg_largeobject pg_largeobject_metadata pg_locks pg_matviews
    pg_namespace pg_opclass pg_operator pg_opfamily pg_parameter_acl pg_partitioned_table pg_policies pg_policy
    pg_prepared_statements pg_prepared_xacts pg_proc pg_publication pg_publication_namespace pg_publication_rel
    pg_publication_tables pg_range pg_replication_origin pg_replication_slots pg_rewrite pg_roles pg_rules
    pg_seclabel pg_seclabels pg_sequence pg_sequences pg_settings pg_shadow pg_shdepend pg_shdescription
    pg_shseclabel pg_stat_activity pg_stat_all_indexes pg_stat_all_tables pg_stat_archiver pg_stat_bgwriter
    pg_stat_database pg_stat_database_conflicts pg_stat_gssapi pg_stat_progress_vacuum pg_stat_replication
    pg_stat_ssl pg_stat_subscription pg_stat_sys_indexes pg_stat_sys_tables pg_stat_user_functions
    pg_stat_user_indexes pg_stat_user_tables pg_stat_wal_receiver pg_statio_all_indexes pg_statio_all_sequences
    pg_statio_all_tables pg_statio_sys_indexes pg_statio_sys_tables pg_statio_user_indexes pg_statio_user_tables
    pg_statistic pg_statistic_ext pg_stats pg_stats_ext pg_subscription pg_subscription_rel pg_tables
    pg_tablespace pg_timezone_abbrevs pg_timezone_names pg_transform pg_trigger pg_ts_config pg_ts_config_map
    pg_ts_dict pg_ts_parser pg_ts_template pg_type pg_user pg_user_mapping pg_user_mappings pg_views
    """.split()
)
SCHEMAS = frozenset({"pg_catalog", "information_schema"})

READABLE = frozenset(
    """
    pg_aggregate pg_am pg_amop pg_amproc pg_attrdef pg_attribute pg_cast pg_class pg_collation pg_constraint
    pg_conversion pg_default_acl pg_depend pg_description pg_enum pg_event_trigger pg_extension
    pg_foreign_data_wrapper pg_foreign_server pg_foreign_table pg_index pg_indexes pg_inherits pg_init_privs
    pg_language pg_matviews pg_namespace pg_opclass pg_operator pg_opfamily pg_partitioned_table pg_policies
    pg_policy pg_proc pg_publication pg_publication_namespace pg_publication_rel pg_publication_tables pg_range
    pg_rewrite pg_rules pg_seclabel pg_sequence pg_sequences
    pg_statistic_ext pg_stats pg_stats_ext pg_tables pg_timezone_abbrevs pg_timezone_names
    pg_transform pg_trigger pg_ts_config pg_ts_config_map pg_ts_dict pg_ts_parser pg_ts_template pg_type
    pg_views
    """.split()
)
"""They tell of this database only, so of what the principal sees."""
TOLD = frozenset({"pg_database", "pg_roles", "pg_settings", "pg_stat_activity", "pg_tablespace", "pg_user"})
"""Stand-ins with rows take their place, which tell of the principal and of nothing else."""
COUNTED = frozenset(
    {
        f"pg_stat{io}_{whose}_{what}"
        for io in ("", "io")
        for whose in ("all", "sys", "user")
        for what in ("indexes", "tables")
    }
)
"""Stand-ins tell which tables and indexes there are, and of each that nothing was counted."""
HIDDEN = RELATIONS - READABLE - TOLD - COUNTED - {"pg_authid", "pg_shadow"}
"""They tell of the host, of others and of their statements: stand-ins without rows take their place."""

INFORMATION = frozenset(
    """
    acldefault aclexplode col_description format_type has_any_column_privilege has_column_privilege
 has_foreign_data_wrapper_privilege has_function_privilege has_language_privilege
    has_schema_privilege has_sequence_privilege has_server_privilege has_table_privilege
    has_tablespace_privilege has_type_privilege obj_description oidvectortypes pg_char_to_encoding
    pg_client_encoding pg_collation_for pg_collation_is_visible pg_column_is_updatable pg_conversion_is_visible
    pg_encoding_to_char pg_function_is_visible pg_get_constraintdef pg_get_expr
    pg_get_function_arg_default pg_get_function_arguments pg_get_function_identity_arguments
    pg_get_function_result pg_get_function_sqlbody pg_get_functiondef pg_get_indexdef pg_get_keywords
    pg_get_partition_constraintdef pg_get_partkeydef pg_get_replica_identity_index pg_get_ruledef
    pg_get_serial_sequence pg_get_statisticsobjdef pg_get_statisticsobjdef_columns pg_get_triggerdef
    pg_get_viewdef pg_has_role pg_index_column_has_property pg_index_has_property
    pg_indexam_has_property pg_indexes_size pg_is_in_recovery pg_is_other_temp_schema pg_my_temp_schema
    pg_opclass_is_visible pg_operator_is_visible pg_opfamily_is_visible pg_options_to_table
    pg_partition_ancestors pg_partition_root pg_partition_tree pg_relation_is_publishable
    pg_relation_is_updatable pg_relation_size pg_sequence_last_value pg_sequence_parameters pg_size_pretty
    pg_statistics_obj_is_visible pg_table_is_visible pg_table_size pg_total_relation_size
    pg_ts_config_is_visible pg_ts_dict_is_visible pg_ts_parser_is_visible pg_ts_template_is_visible
    pg_type_is_visible pg_typeof quote_ident quote_literal quote_nullable row_security_active shobj_description
    to_regclass to_regcollation to_regnamespace to_regoper to_regoperator to_regproc to_regprocedure to_regtype
    current_schemas parse_ident pg_sleep
    """.split()
)
"""PostgreSQL's functions about its catalog: a statement that reads no relation and calls one of them goes there too."""
REGISTERED = frozenset(
    """
    regclass regcollation regconfig regdictionary regnamespace regoper regoperator regproc regprocedure regrole regtype
    """.split()
)
"""Types whose values are names in the catalog."""

GENERAL = frozenset(
    """
    getdatabaseencoding nameconcatoid pg_encoding_max_length pg_get_publication_tables
    pg_column_size pg_get_statisticsobjdef_expressions pg_size_bytes pg_timezone_abbrevs_abbrevs
    pg_timezone_abbrevs_zone pg_timezone_names
    abs any_value array_agg array_append array_cat array_dims array_length array_lower array_ndims
    array_position array_positions array_prepend array_remove array_replace array_to_json array_to_string
    array_upper ascii avg bit_length bool_and bool_or btrim cardinality ceil ceiling char_length
    character_length chr coalesce concat concat_ws count current_schema date date_part date_trunc decode
    dense_rank encode every extract first_value float8 floor format generate_series generate_subscripts greatest
    initcap int2 int4 int8 isfinite json_agg json_array_elements json_array_elements_text json_array_length
    json_build_array json_build_object json_each json_each_text json_extract_path json_extract_path_text json_object
    json_object_agg json_object_keys json_strip_nulls json_typeof jsonb_agg jsonb_array_elements
    jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text
    jsonb_extract_path jsonb_extract_path_text jsonb_object jsonb_object_agg jsonb_object_keys jsonb_pretty
    jsonb_strip_nulls jsonb_typeof lag last_value lead least left length like_escape lower ltrim make_date
    make_interval max md5 min mod name now nth_value ntile nullif num_nonnulls num_nulls numeric
    octet_length overlay percent_rank position power rank regexp_count regexp_instr regexp_like regexp_match
    regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr replace reverse
    right round row_number row_to_json rtrim sign similar_escape similar_to_escape split_part sqrt starts_with
    string_agg string_to_array string_to_table strpos substr substring sum text timezone to_char to_date to_hex
    to_json to_jsonb to_number to_timestamp translate trim trunc unnest upper statement_timestamp
    transaction_timestamp clock_timestamp
    """.split()
)
"""What statements about the catalog calculate with, beside operators and casts."""

STAND_INS = frozenset(
    """
    current_database current_setting current_user inet_client_addr inet_client_port inet_server_addr
    inet_server_port pg_advisory_unlock_all pg_backend_pid pg_conf_load_time pg_database_size pg_get_userbyid
    pg_has_role pg_postmaster_start_time pg_tablespace_location session_user set_config txid_current version
    has_any_column_privilege has_column_privilege has_database_privilege has_function_privilege
    has_language_privilege has_schema_privilege has_sequence_privilege has_server_privilege has_table_privilege
    has_tablespace_privilege has_type_privilege has_foreign_data_wrapper_privilege acldefault age mxid_age
    pg_indexes_size pg_relation_size pg_table_size pg_total_relation_size shobj_description
    pg_available_extensions pg_available_extension_versions pg_tablespace_size pg_blocking_pids pg_current_wal_lsn
    pg_current_xact_id pg_current_xact_id_if_assigned pg_is_wal_replay_paused pg_jit_available
    pg_last_wal_receive_lsn pg_last_wal_replay_lsn pg_last_xact_replay_timestamp pg_listening_channels
    pg_notification_queue_usage pg_relation_filenode pg_show_all_settings pg_tablespace_databases
    txid_current_if_assigned lpad repeat rpad
    """.split()
)
"""Functions that would tell of the host or of the account, or make texts of any length: ours of the same name answer
instead."""
COUNTS = "pg_stat_get_"
"""How the functions begin that count what everybody does: of an object, ours answer that nothing was counted."""
COUNTERS = frozenset({"xmin", "xmax"})
"""System columns that count the transactions of everybody."""
KEYWORDS = frozenset({"current_user", "session_user", "user", "current_role", "current_catalog"})
ROUTED = INFORMATION | STAND_INS - {
    "current_database",
    "current_user",
    "session_user",
    "version",
    "age",
    "lpad",
    "repeat",
    "rpad",
}
"""Calls of these make a statement without relations one about the catalog."""
