# What the HTTP room decides without a network and without a database.
if(TARGET haven_server)
    haven_test(unit_server_http LABEL unit
        SOURCES etag_test.cpp file_forms_test.cpp http_agreement_test.cpp http_attempts_test.cpp http_budget_test.cpp http_rules_test.cpp paging_test.cpp
            scopes_test.cpp
            schema_suite_test.cpp
        PRIVATE haven::server haven::auth PkgConfig::yyjson)
    haven_test(unit_server_guards LABEL unit SOURCES breached_passwords_test.cpp security_log_test.cpp
        PRIVATE haven::server haven::auth haven::test_process)
    haven_test(unit_server_trace_rows LABEL unit SOURCES trace_rows_test.cpp PRIVATE haven::server)
endif()
