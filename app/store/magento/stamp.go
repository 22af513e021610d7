package magento

import "context"

// What the checksums of a stamp are made of: the columns that screens show. Who
// may do what follows from rules that are asked with each deed, and would be far
// more to read.
const (
	accountSum = "CONCAT_WS(':', user_id, username, email, firstname, lastname, is_active, failures_num, " +
		"UNIX_TIMESTAMP(lock_expires), UNIX_TIMESTAMP(logdate))"
	roleSum = "CONCAT_WS(':', role_id, parent_id, role_type, user_id, user_type, role_name)"
)

// Stamp implements app.Stamped. The shop keeps no list of its changes, and most of
// them are not made here, so the rows themselves are summed up, as for the index,
// in one question. What this console has noted in its own logbook counts as well.
func (s *Store) Stamp(ctx context.Context) (string, error) {
	rows, err := again(ctx, func() (sums string, err error) {
		err = s.base.row(ctx, "SELECT CONCAT_WS(' ', "+sumOf(userTable, accountSum)+", "+sumOf(factorTable, rowText)+", "+sumOf(roleTable, roleSum)+")").Scan(&sums)
		return sums, err
	})
	if err != nil {
		return "", explain("look for changes", err)
	}
	h, err := s.book.Head(ctx)
	return rows + " " + h.Stamp(), explain("look for changes", err)
}

// sumOf is the SQL of a fingerprint of a table as a text.
func sumOf(table, row string) string {
	return "(SELECT CONCAT_WS('-', COUNT(*), IFNULL(SUM(CRC32(" + row + ")), 0), BIT_XOR(CRC32(" + row + "))) FROM {" + table + "})"
}
