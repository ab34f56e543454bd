"""The functions a statement may call, by DuckDB's name, in groups with a reason each.

What is not listed is refused. Left out on purpose, besides all that reads files, settings or other objects:
functions that answer about the process (getenv, current_setting, current_query, stats, txid_current), that raise
with a value of the caller's choosing (error), that sleep, or whose result can be much larger than their arguments
without a bound of ours (repeat, lpad, rpad, printf, format, list_resize, range as a scalar).
"""

TEXT = """
ascii bar bit_length chr concat concat_ws contains ends_with instr lcase left length len levenshtein lower
ltrim nfc_normalize ord position prefix regexp_extract regexp_extract_all regexp_full_match regexp_matches
regexp_replace regexp_split_to_array replace reverse right rtrim split split_part starts_with string_split
str_split string_to_array strip_accents strlen strpos substr substring suffix translate trim ucase unicode
upper hamming jaccard jaro_similarity jaro_winkler_similarity damerau_levenshtein like_escape not_like_escape
ilike_escape md5 sha1 sha256 encode decode hex unhex to_hex from_hex base64 to_base64 from_base64 bin unbin
to_binary format_bytes formatreadablesize url_encode url_decode
""".split()

NUMBERS = """
abs acos acosh asin asinh atan atan2 atanh cbrt ceil ceiling cos cosh cot degrees even exp factorial floor
gamma gcd greatest_common_divisor isfinite isinf isnan lcm least_common_multiple ln log log2 log10 mod
nextafter pi pow power radians round round_even sign signbit sin sinh sqrt tan tanh trunc xor bit_count fmod
fdiv divide add subtract multiply greatest least coalesce ifnull nullif if
""".split()

DATES = """
age century date_add date_diff datediff date_part datepart date_sub datesub date_trunc datetrunc day dayname
dayofmonth dayofweek dayofyear decade epoch epoch_ms epoch_ns epoch_us era extract hour isodow isoyear julian
last_day make_date make_time make_timestamp make_timestamptz microsecond millennium millisecond minute month
monthname quarter second strftime strptime time_bucket timezone timezone_hour timezone_minute to_centuries
to_days to_decades to_hours to_microseconds to_millennia to_milliseconds to_minutes to_months to_quarters
to_seconds to_timestamp to_weeks to_years try_strptime week weekday weekofyear year yearweek date time
timestamp
""".split()

NESTED = """
array_length array_contains array_has array_has_all array_has_any array_position array_to_string array_slice
array_value list_aggregate list_aggr list_any_value list_append list_apply list_avg list_cat list_concat
list_contains list_count list_distinct list_element list_extract list_filter list_first list_has list_has_all
list_has_any list_indexof list_intersect list_last list_max list_min list_position list_prepend list_product
list_reduce list_reverse list_reverse_sort list_select list_slice list_sort list_sum list_transform
list_unique list_value list_where list_zip list_median list_mode list_std list_stddev_pop list_stddev_samp
list_string_agg array_append array_concat array_cat array_distinct array_filter array_transform array_apply
array_sort array_reverse_sort array_unique array_indexof flatten unnest cardinality element_at map
map_contains map_entries map_extract map_from_entries map_keys map_values map_concat row struct_extract
struct_insert struct_pack struct_keys struct_concat struct_extract_at array_extract
""".split()

JSON = """
json json_array json_array_length json_contains json_exists json_extract json_extract_path
json_extract_path_text json_extract_string json_keys json_merge_patch json_object json_structure json_type
json_valid json_value to_json array_to_json row_to_json from_json json_quote json_pretty
""".split()

CONVERSIONS = ["cast", "try_cast", "typeof", "hash", "isnull", "ifnull"]

AGGREGATES = """
any_value approx_count_distinct approx_quantile arg_max arg_min argmax argmin max_by min_by array_agg avg mean
bit_and bit_or bit_xor bool_and bool_or corr count count_if countif count_star covar_pop covar_samp entropy
favg first fsum kahan_sum geomean geometric_mean group_concat histogram kurtosis kurtosis_pop last list
listagg mad max median min mode product quantile quantile_cont quantile_disc percentile_cont percentile_disc
regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy sem skewness
stddev stddev_pop stddev_samp string_agg sum sumkahan var_pop var_samp variance weighted_avg json_group_array
json_group_object json_group_structure grouping grouping_id
""".split()

WINDOWS = """
cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank rank_dense row_number
fill
""".split()

ALLOWED = frozenset(TEXT + NUMBERS + DATES + NESTED + JSON + CONVERSIONS + AGGREGATES + WINDOWS)

# Row generators that may stand in FROM: their rows are bounded by limits.generated_rows before anything runs.
TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest"})

# Answered by the gateway itself, as literals, when the statement is bound. Engine and host are not asked.
SESSION_FUNCTIONS = frozenset(
    {
        "current_user",
        "session_user",
        "user",
        "current_role",
        "current_database",
        "current_catalog",
        "current_schema",
    }
    | {
        "version",
        "now",
        "current_timestamp",
        "transaction_timestamp",
        "statement_timestamp",
        "current_date",
        "today",
    }
    | {"current_time", "localtime", "localtimestamp", "get_current_timestamp", "pg_backend_pid"}
)
