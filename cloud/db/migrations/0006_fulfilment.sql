CREATE TABLE `fulfilment_job` (
	`retailer_id` text NOT NULL,
	`id` text NOT NULL,
	`store_id` text NOT NULL,
	`target` text NOT NULL,
	`order_id` text NOT NULL,
	`doc_type` text NOT NULL,
	`doc_version` integer NOT NULL,
	`state` text NOT NULL,
	`reason` text,
	`content_type` text NOT NULL,
	`payload` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_at` integer,
	`remote_id` text,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `fulfilment_job_key` ON `fulfilment_job` (`retailer_id`,`store_id`,`target`,`order_id`,`doc_type`,`doc_version`);--> statement-breakpoint
CREATE INDEX `fulfilment_job_due` ON `fulfilment_job` (`next_at`);--> statement-breakpoint
CREATE INDEX `fulfilment_job_order` ON `fulfilment_job` (`retailer_id`,`order_id`);--> statement-breakpoint
CREATE INDEX `fulfilment_job_created` ON `fulfilment_job` (`retailer_id`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `fulfilment_target` (
	`retailer_id` text NOT NULL,
	`store_id` text NOT NULL,
	`key` text NOT NULL,
	`kind` text NOT NULL,
	`url` text NOT NULL,
	`secret_ref` text NOT NULL,
	`document` text NOT NULL,
	`gate_on` text NOT NULL,
	`settings` text NOT NULL,
	`active` integer NOT NULL,
	`updated_at` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `store_id`, `key`)
);
--> statement-breakpoint
CREATE TABLE `order_review` (
	`retailer_id` text NOT NULL,
	`order_id` text NOT NULL,
	`id` text NOT NULL,
	`store_id` text NOT NULL,
	`result` text NOT NULL,
	`reviewer` text,
	`reason` text,
	`at` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `order_id`, `id`)
);
--> statement-breakpoint
CREATE INDEX `order_review_store` ON `order_review` (`retailer_id`,`store_id`);--> statement-breakpoint
CREATE TABLE `pos_transaction` (
	`retailer_id` text NOT NULL,
	`order_id` text NOT NULL,
	`doc` text NOT NULL,
	`store_id` text NOT NULL,
	`document` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `order_id`, `doc`)
);
--> statement-breakpoint
CREATE INDEX `pos_transaction_store` ON `pos_transaction` (`retailer_id`,`store_id`);--> statement-breakpoint
ALTER TABLE `order_row` ADD `verification_status` text;--> statement-breakpoint
ALTER TABLE `order_row` ADD `verification_at` text;