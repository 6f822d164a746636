CREATE TABLE `incident_care` (
	`retailer_id` text NOT NULL,
	`store_id` text NOT NULL,
	`incident_id` text NOT NULL,
	`acknowledged_at` text,
	`acknowledged_by` text,
	`acknowledged_name` text,
	`acknowledged_note` text,
	`resolved_at` text,
	`resolved_by` text,
	`resolved_name` text,
	`resolved_note` text,
	PRIMARY KEY(`retailer_id`, `store_id`, `incident_id`)
);
--> statement-breakpoint
ALTER TABLE `order_row` ADD `till` text;