use super::*;
use jiff::civil::date;
