<?php // PDO and pgsql: named and emulated parameters, scrolling cursors, COPY, what they tell of the tables.
[, $host, $port, $database, $user, $password] = $argv;
$db = new PDO("pgsql:host=$host;port=$port;dbname=$database", $user, $password, [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
function show($name, $value) { echo "$name: ", json_encode($value), "\n"; }
$found = $db->prepare('SELECT name, vip, credit FROM sales.customers WHERE customer_id = :id');
$found->execute(['id' => 10]);
show('prepared', $found->fetchAll(PDO::FETCH_ASSOC));
$found = $db->prepare('SELECT name FROM sales.customers WHERE customer_id = ? AND name <> ?', [PDO::ATTR_EMULATE_PREPARES => true]);
$found->execute([3, "it's"]);
show('emulated', $found->fetchAll(PDO::FETCH_NUM));
show('column', $db->query('SELECT order_id FROM sales.orders LIMIT 1')->getColumnMeta(0)['native_type']);
$db->beginTransaction();
$found = $db->prepare('SELECT order_id FROM sales.orders ORDER BY 1', [PDO::ATTR_CURSOR => PDO::CURSOR_SCROLL]);
$found->execute();
show('last', $found->fetch(PDO::FETCH_NUM, PDO::FETCH_ORI_LAST));
show('prior', $found->fetch(PDO::FETCH_NUM, PDO::FETCH_ORI_PRIOR));
show('absolute', $found->fetch(PDO::FETCH_NUM, PDO::FETCH_ORI_ABS, 7));
$db->commit();
show('copy', $db->pgsqlCopyToArray('shipping.carriers'));
$raw = pg_connect("host=$host port=$port dbname=$database user=$user password=$password");
show('parameters', pg_fetch_all(pg_query_params($raw, 'SELECT $1::int + 1 AS x, $2::text AS y', [4, null])));
show('columns', array_keys(pg_meta_data($raw, 'marketing.touches')));
show('select', pg_select($raw, 'shipping.carriers', ['carrier_id' => 1]));
