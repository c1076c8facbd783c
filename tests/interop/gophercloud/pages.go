package main

import "github.com/gophercloud/gophercloud/v2/pagination"

type (
	pager = pagination.Pager
	page  = pagination.Page
)
