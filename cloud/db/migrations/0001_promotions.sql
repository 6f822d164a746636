CREATE TABLE `promotion_import` (
	`retailer_id` text NOT NULL,
	`id` text NOT NULL,
	`format` text NOT NULL,
	`mode` text NOT NULL,
	`store_id` text,
	`source` text NOT NULL,
	`state` text NOT NULL,
	`read_bytes` integer DEFAULT 0 NOT NULL,
	`entries` integer DEFAULT 0 NOT NULL,
	`created` integer DEFAULT 0 NOT NULL,
	`updated` integer DEFAULT 0 NOT NULL,
	`unchanged` integer DEFAULT 0 NOT NULL,
	`refused` integer DEFAULT 0 NOT NULL,
	`ended` integer DEFAULT 0 NOT NULL,
	`file_problem` text,
	`notes` text DEFAULT '[]' NOT NULL,
	`started_at` text NOT NULL,
	`touched_at` text NOT NULL,
	`finished_at` text,
	PRIMARY KEY(`retailer_id`, `id`)
);
--> statement-breakpoint
CREATE INDEX `promotion_import_started` ON `promotion_import` (`retailer_id`,`started_at`,`id`);--> statement-breakpoint
CREATE INDEX `promotion_import_running` ON `promotion_import` (`touched_at`) WHERE state = 'running';--> statement-breakpoint
CREATE TABLE `promotion_import_entry` (
	`retailer_id` text NOT NULL,
	`import_id` text NOT NULL,
	`position` integer NOT NULL,
	`line` integer NOT NULL,
	`key` text NOT NULL,
	`problems` text NOT NULL,
	`notes` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `import_id`, `position`),
	FOREIGN KEY (`retailer_id`,`import_id`) REFERENCES `promotion_import`(`retailer_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `promotion_store` (
	`retailer_id` text NOT NULL,
	`promotion_id` text NOT NULL,
	`store_id` text NOT NULL,
	`linked_at` text NOT NULL,
	`deleted_at` text,
	PRIMARY KEY(`retailer_id`, `promotion_id`, `store_id`),
	FOREIGN KEY (`retailer_id`,`promotion_id`) REFERENCES `promotion`(`retailer_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`retailer_id`,`store_id`) REFERENCES `store`(`retailer_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `promotion_store_store` ON `promotion_store` (`retailer_id`,`store_id`,`promotion_id`);--> statement-breakpoint
ALTER TABLE `promotion` ADD `retailer_promotion_id` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `promotion` ADD `all_stores` integer DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE `promotion` ADD `unlinked_at` text;--> statement-breakpoint
ALTER TABLE `promotion` ADD `source` text;--> statement-breakpoint
ALTER TABLE `promotion` ADD `revision` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE INDEX `promotion_key` ON `promotion` (`retailer_id`,`retailer_promotion_id`);--> statement-breakpoint
CREATE INDEX `promotion_source` ON `promotion` (`retailer_id`,`source`,`id`);--> statement-breakpoint
CREATE INDEX `promotion_unlinked` ON `promotion` (`unlinked_at`) WHERE unlinked_at IS NOT NULL;--> statement-breakpoint
ALTER TABLE `retailer` ADD `catalog_version` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE `promotion` SET `document` = json_set(`document`, '$.retailer_promotion_id', `id`) WHERE json_extract(`document`, '$.retailer_promotion_id') IS NULL;--> statement-breakpoint
UPDATE `promotion` SET `retailer_promotion_id` = json_extract(`document`, '$.retailer_promotion_id'), `all_stores` = (`store_ids` IS NULL);--> statement-breakpoint
INSERT INTO `promotion_store` (`retailer_id`, `promotion_id`, `store_id`, `linked_at`)
	SELECT DISTINCT p.`retailer_id`, p.`id`, s.`id`, p.`updated_at` FROM `promotion` p, json_each(p.`store_ids`) j
	JOIN `store` s ON s.`retailer_id` = p.`retailer_id` AND s.`id` = j.`value` WHERE p.`store_ids` IS NOT NULL;--> statement-breakpoint
UPDATE `promotion` SET `unlinked_at` = `updated_at` WHERE `all_stores` = 0 AND NOT EXISTS (
	SELECT 1 FROM `promotion_store` l WHERE l.`retailer_id` = `promotion`.`retailer_id` AND l.`promotion_id` = `promotion`.`id`);--> statement-breakpoint
UPDATE `retailer` SET `catalog_version` = 1 WHERE `id` IN (SELECT `retailer_id` FROM `promotion`);--> statement-breakpoint
ALTER TABLE `promotion` DROP COLUMN `store_ids`;
