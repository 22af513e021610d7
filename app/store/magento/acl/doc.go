// Package acl computes what a shop's roles allow, from the rows of Magento's
// authorization_role and authorization_rule.
//
// A shop's admin has a tree of resources. A role has a rule for each resource
// that existed when the role was last saved, allow or deny; the role of full
// administrators has the single rule that allows the root. So a resource that
// came with a later module has no rule, and Magento decides it in this order
// (2.4.6; earlier releases skip the second step):
//
//  1. The role's own rule for the resource.
//  2. Where no role at all has a rule for the resource, every role with at
//     least one deny rule, for whatever resource, is denied it.
//  3. The same two steps for the resource above it, and so on up the tree.
//  4. Allowed if the role allows the root, else denied. A rule that denies the
//     root forbids nothing below it.
//
// What it answers is what the newest Magento would; a console must not allow
// what only an older patch level does.
package acl
