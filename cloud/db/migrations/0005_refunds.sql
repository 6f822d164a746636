CREATE TABLE `refund_ask` (
	`retailer_id` text NOT NULL,
	`refund_id` text NOT NULL,
	`order_id` text NOT NULL,
	`asked_by` text NOT NULL,
	`at` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `refund_id`)
);
--> statement-breakpoint
CREATE TABLE `refund_row` (
	`retailer_id` text NOT NULL,
	`id` text NOT NULL,
	`order_id` text NOT NULL,
	`store_id` text NOT NULL,
	`status` text NOT NULL,
	`kind` text NOT NULL,
	`amount` integer NOT NULL,
	`refunded` integer NOT NULL,
	`currency` text NOT NULL,
	`number` text,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`document` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `id`)
);
--> statement-breakpoint
CREATE INDEX `refund_created` ON `refund_row` (`retailer_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `refund_of_order` ON `refund_row` (`retailer_id`,`order_id`);