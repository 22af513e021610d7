// Package factors knows the document in which Magento keeps all second factors
// of a user: the column encoded_config of the table tfa_user_config.
//
// The column is JSON, encrypted. Under each provider's code is an entry, with
// "active" once the first code was right; that of google has the TOTP secret,
// which is encrypted by itself before the whole is. [Judge] opens both layers
// and says of each provider how far it is, and where a layer does not open,
// which one, and which key it takes.
//
// A change makes a new [Document] and leaves the old one as it is. All bytes
// of the JSON that the change is not about are kept. Nothing is overwritten
// that could not be read, but by [Document.ResetAll].
//
// Sources: UserConfigManager, ResourceModel\UserConfig and Provider\Engine of
// the module TwoFactorAuth, 1.1.x.
package factors
