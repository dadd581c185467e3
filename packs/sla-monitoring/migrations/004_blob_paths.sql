-- Up Migration
-- Before a file is deleted it is asked whether a row names it again; on a table of this size that needs an index.
CREATE INDEX idx_meal_plans_pdf_blob_path ON public.meal_plans (pdf_blob_path) WHERE pdf_blob_path IS NOT NULL;
