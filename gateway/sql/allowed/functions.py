"""The functions a statement may call, by DuckDB's name, in groups with a reason each.

What is not listed is refused; `refused.py` says why, for each function that the engine has.
"""

# Read texts and make texts of about the size of their arguments.
TEXT = """
ascii bar bit_length chr concat concat_ws contains ends_with instr lcase left length len levenshtein lower
ltrim nfc_normalize ord position prefix regexp_extract regexp_extract_all regexp_full_match regexp_matches
regexp_replace regexp_split_to_array replace reverse right rtrim split split_part starts_with string_split
str_split string_to_array strip_accents strlen strpos substr substring suffix translate trim ucase unicode
upper hamming jaccard jaro_similarity jaro_winkler_similarity damerau_levenshtein like_escape not_like_escape
ilike_escape not_ilike_escape md5 sha1 sha256 encode decode hex unhex to_hex from_hex base64 to_base64
from_base64 bin unbin to_binary format_bytes formatreadablesize url_encode url_decode
char_length character_length octet_length length_grapheme left_grapheme right_grapheme substring_grapheme overlay
string_split_regex str_split_regex regexp_split_to_table regexp_escape mismatches editdist3 md5_number
md5_number_lower md5_number_upper formatreadabledecimalsize parse_formatted_bytes pg_size_pretty bit_position
uuid_extract_timestamp uuid_extract_version
""".split()

# Their results can be far larger than their arguments: allowed with a size that is written out (`statements.py`).
SIZED = ["lpad", "rpad", "repeat"]

# Calculate with numbers and bits.
NUMBERS = """
abs acos acosh asin asinh atan atan2 atanh cbrt ceil ceiling cos cosh cot degrees even exp factorial floor
gamma gcd greatest_common_divisor isfinite isinf isnan lcm least_common_multiple ln log log2 log10 mod
nextafter pi pow power radians round round_even sign signbit sin sinh sqrt tan tanh trunc xor bit_count fmod
fdiv divide add subtract multiply greatest least coalesce ifnull nullif if
lgamma roundbankers get_bit set_bit to_base from_binary
""".split()

# Calculate with dates and times that are given. The clock is the gateway's (`SESSION_FUNCTIONS`).
DATES = """
age century date_add date_diff datediff date_part datepart date_sub datesub date_trunc datetrunc day dayname
dayofmonth dayofweek dayofyear decade epoch epoch_ms epoch_ns epoch_us era extract hour isodow isoyear julian
last_day make_date make_time make_timestamp make_timestamptz microsecond millennium millisecond minute month
monthname quarter second strftime strptime time_bucket timezone timezone_hour timezone_minute to_centuries
to_days to_decades to_hours to_microseconds to_millennia to_milliseconds to_minutes to_months to_quarters
to_seconds to_timestamp to_weeks to_years try_strptime week weekday weekofyear year yearweek date time
timestamp nanosecond days_in_month
""".split()

# Take lists, structs and maps apart and put them together; lambdas are evaluated on their items.
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
struct_contains struct_has struct_indexof struct_position struct_update struct_values list_pack filter aggregate
array_aggr array_aggregate array_grade_up list_grade_up grade_up array_intersect array_reduce array_select array_where
array_zip array_reverse array_prepend array_pop_back array_pop_front array_push_back array_push_front
list_approx_count_distinct list_bit_and list_bit_or list_bit_xor list_bool_and list_bool_or list_entropy
list_histogram list_kurtosis list_kurtosis_pop list_mad list_sem list_skewness list_var_pop list_var_samp
map_contains_entry map_contains_value map_extract_value
array_cosine_distance array_cosine_similarity array_cross_product array_distance array_dot_product
array_inner_product array_negative_dot_product array_negative_inner_product list_cosine_distance
list_cosine_similarity list_distance list_dot_product list_inner_product list_negative_dot_product
list_negative_inner_product
""".split()

# Read JSON texts and write them.
JSON = """
json json_array json_array_length json_contains json_exists json_extract json_extract_path
json_extract_path_text json_extract_string json_keys json_merge_patch json_object json_structure json_type
json_valid json_value to_json array_to_json row_to_json from_json json_quote json_pretty
json_deep_merge json_insert json_normalize json_remove json_replace json_set json_strip_nulls
""".split()

# Values to other types, and what type a value has.
CONVERSIONS = ["cast", "try_cast", "typeof", "hash", "isnull", "ifnull"]

# One value of many rows; also what list_aggregate may name.
AGGREGATES = """
any_value approx_count_distinct approx_quantile arg_max arg_min argmax argmin max_by min_by array_agg avg mean
bit_and bit_or bit_xor bool_and bool_or corr count count_if countif count_star covar_pop covar_samp entropy
favg first fsum kahan_sum geomean geometric_mean group_concat histogram kurtosis kurtosis_pop last list
listagg mad max median min mode product quantile quantile_cont quantile_disc percentile_cont percentile_disc
regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy sem skewness
stddev stddev_pop stddev_samp string_agg sum sumkahan var_pop var_samp variance weighted_avg json_group_array
json_group_object json_group_structure grouping grouping_id
arbitrary arg_max_null arg_max_nulls_last arg_min_null arg_min_nulls_last wavg
""".split()

# One value of a row and its neighbors.
WINDOWS = """
cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank rank_dense row_number
fill
""".split()

LIST_AGGREGATES = frozenset({"list_aggregate", "list_aggr", "array_aggregate", "array_aggr", "aggregate"})
"""Name the aggregate that they apply in a text, which must be one of AGGREGATES."""

ALLOWED = frozenset(TEXT + SIZED + NUMBERS + DATES + NESTED + JSON + CONVERSIONS + AGGREGATES + WINDOWS)

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
        "current_setting",
        "version",
        "now",
        "current_timestamp",
        "transaction_timestamp",
        "statement_timestamp",
        "clock_timestamp",
        "current_date",
        "today",
    }
    | {"current_time", "localtime", "localtimestamp", "get_current_timestamp", "pg_backend_pid"}
)
