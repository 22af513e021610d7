// Package magento is the database of a Magento 2.4, Adobe Commerce or Mage-OS
// shop, on MySQL or MariaDB: its administrators, and their 2FA.
//
// Use: [Open] opens a shop that a [Config] describes. A test of a connection
// goes step by step instead: [Connect], [Link.Inspect], [Link.TryKey],
// [Link.Open]; [StageOf] says at which stage an error came up, and [GrantFor]
// what SQL would permit what an account may not do. [Grants] is all of that SQL.
//
// It promises:
//
//   - Tables, passwords, roles, ciphers and lock-outs are read as Magento itself
//     reads them; the packages below each know one of these.
//   - Every byte of a user's 2FA data that a deed is not about stays as it was.
//     What cannot be read is not written over, but by a reset that says so.
//   - A deed locks the user's rows, writes an intent to the logbook, changes the
//     shop in one transaction, and writes the outcome. Where the connection is
//     cut at the commit it looks whether the change is there, now or when the
//     shop is opened again (settle.go).
//   - Lock-outs and ends of accounts are judged and written by the database's
//     clock, codes by this computer's. The two are compared ([Store.ServerTime]).
//   - A reading whose connection ends is made once more (again.go), a change never.
//   - Accounts, passwords, roles and settings of the shop are never changed.
//   - Nothing is encrypted with a crypt key that opens nothing of the shop, but by
//     a repair with an older one (doubt.go).
//   - Errors are *app.Error; a driver's words are in their cause only.
//
// # What is written
//
//	tfa_user_config.encoded_config     a reset, an enrollment, a first code, a repair
//	tfa_user_config, a new row         an enrollment of who has none: user_id, encoded_config, and [] for
//	                                   encoded_providers
//	admin_user.failures_num,           a wrong password or code at this console, a right one after it,
//	.first_failure, .lock_expires      an unlock
//	admin_user_session.status          ending sessions: 1 becomes 0
//	jwt_auth_revoked, the user's row   ending sessions: revoke_before is the database's time
//	oauth_token, the user's rows       ending sessions: they are deleted
//
// admin_user.modified moves by itself with the columns of its table, as the
// schema says. Not written are logdate and lognum, since a sign-in here is none
// to the shop, and default_provider, which Magento's own reset leaves as well.
//
// # How a reset differs from Magento's own
//
//   - It asks for the operator's password again; Magento's documentation says so
//     of its own, and its code does not.
//   - It takes Two Factor Auth and All Users, as the newest patch levels do, in
//     every version.
//   - It resets Duo Security, for which Magento's admin has no button, and
//     providers that are switched off.
//   - It says when there is nothing to reset; Magento reports success.
//   - It treats all rows of a user; Magento changes the first one that it finds.
//   - It can end the user's sessions and tokens and clear the lock-out in the
//     same transaction; Magento leaves a thief signed in.
//   - It leaves the other providers as they are, byte for byte, where Magento
//     writes the whole document anew, and with it what it could not read.
//   - It is in an audit.
//
// Start reading in store.go; the rules that each deed follows are in deed.go.
package magento
