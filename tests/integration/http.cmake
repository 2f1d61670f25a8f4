# The HTTP server as its clients see it.
if(NOT TARGET haven_server)
    return()
endif()
find_package(CURL REQUIRED)
haven_library(test_http SOURCES certificate.cpp described.cpp http_client.cpp http_fixture.cpp mailbox.cpp one_life.cpp second_factor.cpp
    PUBLIC haven::server haven::test_postgres haven::test_process GTest::gtest
    PRIVATE haven::auth CURL::libcurl OpenSSL::SSL PkgConfig::yyjson)
haven_knows_paths(haven_test_http)
add_dependencies(haven_test_http haven-server)
haven_test(integration_http LABEL integration
    SOURCES conditional_test.cpp http_answers_test.cpp http_canvas_test.cpp http_conformance_test.cpp http_doors_test.cpp http_hostile_text_test.cpp http_lifecycle_test.cpp http_limits_test.cpp http_rights_test.cpp http_routes_test.cpp
        http_shares_test.cpp http_statements_test.cpp http_statuses_test.cpp http_trace_test.cpp
    PRIVATE haven::test_http OpenSSL::SSL)
add_dependencies(integration_http haven-server)
haven_test(integration_clinicians LABEL integration SOURCES clinicians_test.cpp commands_test.cpp PRIVATE haven::test_http)
haven_test(integration_review LABEL integration SOURCES review_test.cpp PRIVATE haven::test_http)
haven_test(integration_events LABEL integration SOURCES calls_test.cpp event_source_test.cpp events_test.cpp handovers_test.cpp killed_test.cpp webhooks_test.cpp
    PRIVATE haven::test_http haven::webhooks OpenSSL::SSL PkgConfig::yyjson)
add_dependencies(integration_events haven-server)
haven_test(integration_safety LABEL integration SOURCES safety_test.cpp PRIVATE haven::test_http)
add_dependencies(integration_clinicians haven-server)
add_dependencies(integration_safety haven-server)
haven_test(integration_artifacts LABEL integration SOURCES artifacts_test.cpp exercises_test.cpp master_key_test.cpp PRIVATE haven::test_http)
haven_test(integration_keys LABEL integration SOURCES data_protection_test.cpp database_login_test.cpp key_exchange_test.cpp words_test.cpp PRIVATE haven::test_http)
add_dependencies(integration_keys haven-server)
haven_test(integration_journal LABEL integration SOURCES deletion_test.cpp drafts_test.cpp review_rules_test.cpp PRIVATE haven::test_http PkgConfig::yyjson)
add_dependencies(integration_journal haven-server)
haven_test(integration_agents LABEL integration SOURCES agents_test.cpp prompts_test.cpp speech_test.cpp PRIVATE haven::test_http)
haven_test(integration_roles LABEL integration SOURCES roles_test.cpp PRIVATE haven::test_http)
haven_test(integration_versions LABEL integration SOURCES versions_test.cpp PRIVATE haven::test_http)
haven_test(integration_audit LABEL integration SOURCES audit_routes_test.cpp audit_test.cpp PRIVATE haven::test_http PkgConfig::yyjson)
haven_test(integration_accounts LABEL integration
    SOURCES accounts_test.cpp attempts_test.cpp consent_texts_test.cpp consents_test.cpp log_in_race_test.cpp names_test.cpp
    PRIVATE haven::test_http haven::test_password_work PkgConfig::sodium PkgConfig::yyjson)
haven_test(integration_letters LABEL integration SOURCES factor_resets_test.cpp letters_test.cpp smtp_test.cpp
    PRIVATE haven::test_http haven::test_password_work)
add_dependencies(integration_letters haven-server)
haven_test(integration_notices LABEL integration SOURCES notices_test.cpp PRIVATE haven::test_http PkgConfig::yyjson)
haven_test(integration_device_grants LABEL integration SOURCES device_grants_test.cpp PRIVATE haven::test_http PkgConfig::yyjson)
haven_test(integration_openid_client LABEL integration SOURCES openid_client_test.cpp PRIVATE haven::test_http)
haven_test(integration_link LABEL integration
    SOURCES link_test.cpp ${CMAKE_SOURCE_DIR}/tests/unit/net/drawing_fixture.cpp
    PRIVATE haven::test_http haven::uploader)
haven_test(integration_tokens LABEL integration SOURCES devices_test.cpp factors_test.cpp scopes_test.cpp tokens_test.cpp PRIVATE haven::test_http PkgConfig::yyjson)
haven_test(integration_web LABEL integration SOURCES web_test.cpp PRIVATE haven::test_http)
haven_test(integration_guards LABEL integration SOURCES guards_test.cpp lines_test.cpp scripted_scanner.cpp
    PRIVATE haven::test_http haven::auth Boost::headers PkgConfig::yyjson)
add_dependencies(integration_guards haven-server)
haven_test(integration_pages LABEL integration SOURCES pages_test.cpp PRIVATE haven::test_http)
haven_test(integration_sessions LABEL integration SOURCES intents_test.cpp sessions_test.cpp PRIVATE haven::test_http)
haven_test(integration_progress LABEL integration
    SOURCES analytics_test.cpp notifications_test.cpp progress_test.cpp reflections_test.cpp
    PRIVATE haven::test_http PkgConfig::yyjson)
haven_test(integration_meaning LABEL integration SOURCES clocks_test.cpp meaning_test.cpp PRIVATE haven::test_http PkgConfig::yyjson)
haven_test(integration_writes LABEL integration SOURCES idempotency_test.cpp writes_test.cpp PRIVATE haven::test_http PkgConfig::yyjson)
haven_test(integration_exports LABEL integration SOURCES exports_test.cpp PRIVATE haven::test_http haven::canvas PkgConfig::png)
haven_test(integration_odd_rows LABEL integration SOURCES odd_rows_test.cpp PRIVATE haven::test_http)
haven_test(integration_odd_writes LABEL integration SOURCES odd_writes_test.cpp PRIVATE haven::test_http)
haven_test(integration_platform LABEL integration SOURCES platform_life_test.cpp store_design.cpp PRIVATE haven::test_http PkgConfig::yyjson)
haven_test(integration_api_doc LABEL integration SOURCES api_doc_test.cpp PRIVATE haven::test_http)
add_dependencies(integration_api_doc haven-server)
haven_test(integration_typed_client LABEL integration SOURCES typed_client_test.cpp PRIVATE haven::test_http)
add_dependencies(integration_typed_client haven-server)
haven_test(integration_lists LABEL integration SOURCES lists_test.cpp people_test.cpp timeline_test.cpp PRIVATE haven::test_http PkgConfig::yyjson)
haven_test(integration_outbox LABEL integration
    SOURCES outbox_test.cpp ${CMAKE_SOURCE_DIR}/tests/unit/net/drawing_fixture.cpp
    PRIVATE haven::test_http haven::uploader)

# The same once more with two servers on one database, asked in turn.
foreach(name accounts agents artifacts audit clinicians device_grants events http journal letters lists notices platform progress review roles safety sessions tokens web writes)
    add_test(NAME two_servers_${name} COMMAND integration_${name} --gtest_brief=1 WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    get_test_property(integration_${name} ENVIRONMENT environment)
    if(NOT environment) # a sanitizer's
        set(environment "")
    endif()
    set_tests_properties(two_servers_${name} PROPERTIES LABELS two_servers TIMEOUT ${HAVEN_TEST_TIMEOUT} COST 97
        ENVIRONMENT "HAVEN_TEST_SERVERS=2;${environment}")
endforeach()
