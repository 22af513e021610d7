// Package magento is the database of a Magento 2.4, Adobe Commerce or Mage-OS
// shop, on MySQL or MariaDB.
//
// [Connect], [Link.Inspect] and [Link.TryKey] go into a shop step by step, for a
// test of a connection; [StageOf] says at which stage an error came up, and
// [GrantFor] what SQL would permit what an account may not do. [Grants] is all
// of that SQL.
package magento
