// Command floor is what a terminal program on SQLite costs at least: it opens
// the store of the first argument, prints one row and ends. With a second
// argument it hashes a password first, as a fresh process has to.
package main

import (
	"database/sql"
	"fmt"
	"os"

	"golang.org/x/crypto/argon2"
	_ "modernc.org/sqlite"
)

func main() {
	if len(os.Args) > 2 {
		key := argon2.IDKey([]byte("correct horse battery"), make([]byte, 16), 3, 64*1024, 2, 32)
		fmt.Println(len(key))
	}
	db, err := sql.Open("sqlite", "file:"+os.Args[1]+"?_busy_timeout=5000")
	if err == nil {
		var username string
		err = db.QueryRow("SELECT username FROM users ORDER BY id LIMIT 1").Scan(&username)
		fmt.Println(username)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
