-- Tables that a shop has besides those of schema.sql, and Factordesk looks at where they are.
CREATE TABLE `oauth_token` (
  `entity_id` int unsigned NOT NULL AUTO_INCREMENT, `consumer_id` int unsigned DEFAULT NULL, `admin_id` int unsigned DEFAULT NULL, `customer_id` int unsigned DEFAULT NULL,
  `type` varchar(16) NOT NULL, `token` varchar(32) NOT NULL, `secret` varchar(128) NOT NULL, `verifier` varchar(32) DEFAULT NULL, `callback_url` text NOT NULL,
  `revoked` smallint unsigned NOT NULL DEFAULT 0, `authorized` smallint unsigned NOT NULL DEFAULT 0, `user_type` int DEFAULT NULL, `created_at` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (`entity_id`), UNIQUE KEY `OAUTH_TOKEN_TOKEN` (`token`), KEY `OAUTH_TOKEN_ADMIN_ID` (`admin_id`),
  CONSTRAINT `OAUTH_TOKEN_ADMIN_ID_ADMIN_USER_USER_ID` FOREIGN KEY (`admin_id`) REFERENCES `admin_user` (`user_id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8;
CREATE TABLE `setup_module` (
  `module` varchar(50) NOT NULL, `schema_version` varchar(50) DEFAULT NULL, `data_version` varchar(50) DEFAULT NULL, PRIMARY KEY (`module`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8;
CREATE TABLE `patch_list` (
  `patch_id` int NOT NULL AUTO_INCREMENT, `patch_name` varchar(1024) NOT NULL, PRIMARY KEY (`patch_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8;
INSERT INTO setup_module (module,schema_version,data_version) VALUES ('Magento_TwoFactorAuth','1.1.5','1.1.5'),('Magento_User','2.0.4','2.0.4');
INSERT INTO patch_list (patch_name) VALUES ('Magento\\TwoFactorAuth\\Setup\\Patch\\Data\\ResetU2fConfig');
