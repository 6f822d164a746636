CREATE TABLE `ledger` (
	`retailer_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`currency` text NOT NULL,
	`last4` text NOT NULL,
	`label` text,
	`object_name` text NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`retailer_id`, `id`),
	FOREIGN KEY (`retailer_id`) REFERENCES `retailer`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ledger_object` ON `ledger` (`retailer_id`,`object_name`);--> statement-breakpoint
CREATE INDEX `ledger_created` ON `ledger` (`retailer_id`,`created_at`,`id`);