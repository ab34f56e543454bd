# ruby-pg: type maps out of the catalog, single rows, COPY, binary values, pipelines.
require 'pg'
host, port, database, user, password = ARGV
$db = PG.connect(host: host, port: port, dbname: database, user: user, password: password)
def show(name, value) = puts("#{name}: #{value.inspect}")
show 'parameters', $db.exec_params('SELECT order_id, note FROM sales.orders WHERE order_id = $1', [5]).to_a
show 'binary', $db.exec_params('SELECT order_id, score, ordered_on FROM sales.orders WHERE order_id = 5', [], 1).values
$db.prepare('named', 'SELECT name FROM sales.customers WHERE customer_id = $1')
show 'prepared', $db.exec_prepared('named', [3]).to_a
show 'described', $db.describe_prepared('named').paramtype(0)
$db.type_map_for_results = PG::BasicTypeMapForResults.new($db)
$db.type_map_for_queries = PG::BasicTypeMapForQueries.new($db)
show 'typed', $db.exec('SELECT campaign_id, title, active, starts::text, channels FROM marketing.campaigns ORDER BY 1').to_a
show 'encoded', $db.exec_params('SELECT $1::int AS a, $2::text[] AS b, $3::boolean AS c', [1, ['x', nil, 'a,b'], true]).to_a
$db.send_query('SELECT order_id FROM sales.orders WHERE order_id > 0')
$db.set_single_row_mode
rows = 0
$db.get_result.stream_each { rows += 1 }
$db.get_result
show 'single rows', rows
lines = []
$db.copy_data('COPY shipping.carriers TO STDOUT (FORMAT csv)') { while (line = $db.get_copy_data) do lines << line end }
show 'copy', lines.sort
$db.enter_pipeline_mode
2.times { |n| $db.send_query_params('SELECT $1::int AS n', [n]) }
$db.pipeline_sync
show('pipeline', 2.times.map { found = $db.get_result.values; $db.get_result; found })
$db.get_result
$db.exit_pipeline_mode
show 'transaction', $db.transaction { |inner| inner.exec('SELECT 1 AS a').values }
