CREATE TABLE `enrolment_code` (
	`retailer_id` text NOT NULL,
	`device_id` text NOT NULL,
	`code_sha256` text NOT NULL,
	`created_at` text NOT NULL,
	`expires_at` text NOT NULL,
	`used_at` text,
	PRIMARY KEY(`retailer_id`, `device_id`),
	FOREIGN KEY (`retailer_id`,`device_id`) REFERENCES `device`(`retailer_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `enrolment_code_sha256` ON `enrolment_code` (`code_sha256`);--> statement-breakpoint
ALTER TABLE `device` ADD `tokens_from` integer;