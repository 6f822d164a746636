CREATE TABLE `audit_log` (
	`retailer_id` text NOT NULL,
	`id` text NOT NULL,
	`at` text NOT NULL,
	`actor` text NOT NULL,
	`role` text NOT NULL,
	`action` text NOT NULL,
	`target` text NOT NULL,
	`detail` text NOT NULL,
	`request_id` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `id`)
);
--> statement-breakpoint
CREATE INDEX `audit_at` ON `audit_log` (`retailer_id`,`at`,`id`);--> statement-breakpoint
CREATE TABLE `idempotency` (
	`retailer_id` text NOT NULL,
	`principal` text NOT NULL,
	`route` text NOT NULL,
	`key` text NOT NULL,
	`body_hash` text NOT NULL,
	`response` text,
	`created_at` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `principal`, `route`, `key`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_created` ON `idempotency` (`created_at`);--> statement-breakpoint
CREATE TABLE `item` (
	`retailer_id` text NOT NULL,
	`id` text NOT NULL,
	`sku` text NOT NULL,
	`search` text NOT NULL,
	`document` text NOT NULL,
	`updated_at` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `id`),
	FOREIGN KEY (`retailer_id`) REFERENCES `retailer`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `item_sku` ON `item` (`retailer_id`,`sku`);--> statement-breakpoint
CREATE INDEX `item_search` ON `item` (`retailer_id`,`search`,`id`);--> statement-breakpoint
CREATE TABLE `item_code` (
	`retailer_id` text NOT NULL,
	`code` text NOT NULL,
	`item_id` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `code`, `item_id`)
);
--> statement-breakpoint
CREATE INDEX `item_code_item` ON `item_code` (`retailer_id`,`item_id`);--> statement-breakpoint
CREATE TABLE `promotion` (
	`retailer_id` text NOT NULL,
	`id` text NOT NULL,
	`title` text NOT NULL,
	`family` text NOT NULL,
	`is_active` integer NOT NULL,
	`store_ids` text,
	`document` text NOT NULL,
	`updated_at` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `id`),
	FOREIGN KEY (`retailer_id`) REFERENCES `retailer`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `tag` (
	`retailer_id` text NOT NULL,
	`epc` text NOT NULL,
	`store_id` text NOT NULL,
	`item_id` text NOT NULL,
	`registered_epoch` text,
	`updated_at` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `epc`),
	FOREIGN KEY (`retailer_id`,`store_id`) REFERENCES `store`(`retailer_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `tag_store` ON `tag` (`retailer_id`,`store_id`,`epc`);--> statement-breakpoint
CREATE TABLE `agent_report` (
	`retailer_id` text NOT NULL,
	`store_id` text NOT NULL,
	`id` text NOT NULL,
	`agent` text NOT NULL,
	`kind` text NOT NULL,
	`data` text NOT NULL,
	`at` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `store_id`, `id`)
);
--> statement-breakpoint
CREATE INDEX `agent_report_at` ON `agent_report` (`retailer_id`,`at`,`id`);--> statement-breakpoint
CREATE TABLE `incident` (
	`retailer_id` text NOT NULL,
	`store_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`detail` text NOT NULL,
	`at` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `store_id`, `id`)
);
--> statement-breakpoint
CREATE INDEX `incident_at` ON `incident` (`retailer_id`,`at`,`id`);--> statement-breakpoint
CREATE TABLE `order_line` (
	`retailer_id` text NOT NULL,
	`order_id` text NOT NULL,
	`position` integer NOT NULL,
	`epc` text,
	`item_id` text NOT NULL,
	`document` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `order_id`, `position`)
);
--> statement-breakpoint
CREATE INDEX `order_line_epc` ON `order_line` (`retailer_id`,`epc`);--> statement-breakpoint
CREATE TABLE `order_payment` (
	`retailer_id` text NOT NULL,
	`order_id` text NOT NULL,
	`id` text NOT NULL,
	`document` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `order_id`, `id`)
);
--> statement-breakpoint
CREATE TABLE `order_row` (
	`retailer_id` text NOT NULL,
	`id` text NOT NULL,
	`store_id` text NOT NULL,
	`number` text NOT NULL,
	`status` text NOT NULL,
	`payment_status` text NOT NULL,
	`total` integer,
	`currency` text,
	`items` integer,
	`shopper_id` text,
	`created_at` text NOT NULL,
	`completed_at` text,
	`cancelled_at` text,
	`cancel_reason` text,
	`summary` text,
	PRIMARY KEY(`retailer_id`, `id`)
);
--> statement-breakpoint
CREATE INDEX `order_created` ON `order_row` (`retailer_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `order_store_created` ON `order_row` (`retailer_id`,`store_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `order_number` ON `order_row` (`retailer_id`,`number`);--> statement-breakpoint
CREATE TABLE `report_order` (
	`retailer_id` text NOT NULL,
	`order_id` text NOT NULL,
	`store_id` text NOT NULL,
	`report_id` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `order_id`, `store_id`, `report_id`)
);
--> statement-breakpoint
CREATE INDEX `report_order_store` ON `report_order` (`retailer_id`,`store_id`);--> statement-breakpoint
CREATE TABLE `dead_event` (
	`id` text PRIMARY KEY NOT NULL,
	`source` text NOT NULL,
	`reason` text NOT NULL,
	`body` text NOT NULL,
	`count` integer DEFAULT 1 NOT NULL,
	`first_at` text NOT NULL,
	`last_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `event_seen` (
	`retailer_id` text NOT NULL,
	`store_id` text NOT NULL,
	`epoch` text NOT NULL,
	`seq` integer NOT NULL,
	PRIMARY KEY(`retailer_id`, `store_id`, `epoch`, `seq`)
);
--> statement-breakpoint
CREATE TABLE `projection_cursor` (
	`retailer_id` text NOT NULL,
	`store_id` text NOT NULL,
	`epoch` text NOT NULL,
	`contiguous` integer DEFAULT 0 NOT NULL,
	`updated_at` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `store_id`, `epoch`)
);
--> statement-breakpoint
CREATE TABLE `device` (
	`retailer_id` text NOT NULL,
	`id` text NOT NULL,
	`store_id` text NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`username` text NOT NULL,
	`secret_sha256` text NOT NULL,
	`created_at` text NOT NULL,
	`revoked_at` text,
	PRIMARY KEY(`retailer_id`, `id`),
	FOREIGN KEY (`retailer_id`,`store_id`) REFERENCES `store`(`retailer_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `device_username` ON `device` (`retailer_id`,`store_id`,`username`);--> statement-breakpoint
CREATE TABLE `publication` (
	`retailer_id` text NOT NULL,
	`store_id` text NOT NULL,
	`version` integer NOT NULL,
	`state` text NOT NULL,
	`items` integer DEFAULT 0 NOT NULL,
	`promotions` integer DEFAULT 0 NOT NULL,
	`tags` integer DEFAULT 0 NOT NULL,
	`reason` text,
	`started_at` text NOT NULL,
	`finished_at` text,
	PRIMARY KEY(`retailer_id`, `store_id`, `version`),
	FOREIGN KEY (`retailer_id`,`store_id`) REFERENCES `store`(`retailer_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `retailer` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`demo` integer DEFAULT false NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `service_token` (
	`retailer_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`created_at` text NOT NULL,
	`expires_at` text NOT NULL,
	`revoked_at` text,
	PRIMARY KEY(`retailer_id`, `id`),
	FOREIGN KEY (`retailer_id`) REFERENCES `retailer`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `staff` (
	`retailer_id` text NOT NULL,
	`id` text NOT NULL,
	`email` text NOT NULL,
	`name` text NOT NULL,
	`role` text NOT NULL,
	`store_id` text,
	`password_hash` text NOT NULL,
	`demo` integer DEFAULT false NOT NULL,
	`valid_until` text,
	`failures` integer DEFAULT 0 NOT NULL,
	`locked_until` text,
	`created_at` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `id`),
	FOREIGN KEY (`retailer_id`) REFERENCES `retailer`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`retailer_id`,`store_id`) REFERENCES `store`(`retailer_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `staff_email` ON `staff` (`email`);--> statement-breakpoint
CREATE TABLE `store` (
	`retailer_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`settings` text NOT NULL,
	`revision` integer DEFAULT 1 NOT NULL,
	`last_version` integer DEFAULT 0 NOT NULL,
	`swept_at` text,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `id`),
	FOREIGN KEY (`retailer_id`) REFERENCES `retailer`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `store_id` ON `store` (`id`);--> statement-breakpoint
CREATE INDEX `store_swept` ON `store` (`swept_at`);