// Package welcome is the first screen of somebody without a store: three whole
// cards that make one, open one, or show one made of sample data. Making a store
// goes on here as well, over the form to the recovery key, which is shown once.
//
// The shell adapts what makes and opens stores to Service, and leads on at
// Actions.Made and Actions.Opened.
package welcome
