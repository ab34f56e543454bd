# DBD::Pg: what it tells of the tables, its prepared statements, COPY and cursors that scroll.
use strict; use warnings; use DBI;
my ($host, $port, $database, $user, $password) = @ARGV;
my $db = DBI->connect("dbi:Pg:dbname=$database;host=$host;port=$port", $user, $password, {RaiseError => 1, PrintError => 0});
sub show { my $name = shift; print "$name: ", join(' | ', map { defined $_ ? $_ : 'NULL' } @_), "\n"; }
show('columns', map { "$_->{COLUMN_NAME} $_->{TYPE_NAME}" }
    @{$db->column_info('', 'marketing', 'touches', '%')->fetchall_arrayref({})});
my $found = $db->prepare('SELECT order_id, amount, note FROM sales.orders WHERE order_id = ? OR note IS NULL AND order_id < ? ORDER BY 1');
$found->execute(5, 0);
show('prepared', map { @$_ } @{$found->fetchall_arrayref});
show('list', @{$db->selectrow_array('SELECT tags FROM sales.customers WHERE customer_id = 5')});
$db->do("COPY (SELECT order_id, note FROM sales.orders WHERE order_id BETWEEN 1 AND 9 ORDER BY 1) TO STDOUT");
my ($line, @lines);
while ($db->pg_getcopydata($line) >= 0) { chomp $line; push @lines, $line; }
show('copy', @lines);
$db->begin_work;
$db->do('DECLARE c SCROLL CURSOR FOR SELECT order_id FROM sales.orders ORDER BY 1');
show($_, map { $_->[0] } @{$db->selectall_arrayref("FETCH $_ FROM c")}) for ('3', 'LAST', 'BACKWARD 2', 'ABSOLUTE 4');
$db->commit;
eval { $db->do('SELECT nope FROM sales.orders') };
show('error', $db->state);
$db->disconnect;
