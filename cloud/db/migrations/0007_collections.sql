CREATE TABLE `order_collection` (
	`retailer_id` text NOT NULL,
	`order_id` text NOT NULL,
	`n` integer NOT NULL,
	`store_id` text NOT NULL,
	`status` text NOT NULL,
	`actor` text NOT NULL,
	`by` text,
	`reason` text,
	`hold_until` text,
	`at` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `order_id`, `n`)
);
--> statement-breakpoint
CREATE INDEX `order_collection_store` ON `order_collection` (`retailer_id`,`store_id`);--> statement-breakpoint
ALTER TABLE `order_row` ADD `collection_status` text;--> statement-breakpoint
ALTER TABLE `order_row` ADD `collection_n` integer;