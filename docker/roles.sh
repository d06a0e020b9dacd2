#!/bin/sh
# Runs once, when the database is made: an ordinary login that owns it and may act as each of its roles.
set -eu

psql --set=ON_ERROR_STOP=1 --set=password="$POSTGRES_PASSWORD" --username=postgres --dbname=postgres <<'SQL'
CREATE ROLE homeward_owner LOGIN PASSWORD :'password';
CREATE ROLE homeward_writer;
CREATE ROLE homeward_projector;
CREATE ROLE homeward_reader;
GRANT homeward_writer, homeward_projector, homeward_reader TO homeward_owner;
CREATE DATABASE homeward OWNER homeward_owner;
SQL
