# The HTTP server: a library, so that tests start it in their process; and the binary.

# net/api/openapi.yaml with its parts: one document, served as it was when the binary was built, and held against requests.
set(HAVEN_OPENAPI ${CMAKE_SOURCE_DIR}/net/api/openapi.yaml)
file(GLOB HAVEN_OPENAPI_PARTS CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/net/api/openapi/*.yaml)
set(HAVEN_OPENAPI_MERGED ${CMAKE_BINARY_DIR}/generated/haven/openapi)
set(HAVEN_OPENAPI_SOURCE ${CMAKE_BINARY_DIR}/generated/haven/openapi_text.cpp)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_custom_command(OUTPUT ${HAVEN_OPENAPI_SOURCE} ${HAVEN_OPENAPI_MERGED}.yaml ${HAVEN_OPENAPI_MERGED}.json
    COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/server/http/merge_openapi.py ${HAVEN_OPENAPI}
        ${CMAKE_SOURCE_DIR}/net/api/openapi ${HAVEN_OPENAPI_MERGED}.yaml ${HAVEN_OPENAPI_MERGED}.json
    COMMAND ${CMAKE_COMMAND} -DYAML=${HAVEN_OPENAPI_MERGED}.yaml -DJSON=${HAVEN_OPENAPI_MERGED}.json
        -DSOURCE=${HAVEN_OPENAPI_SOURCE} -P ${CMAKE_SOURCE_DIR}/server/http/embed_openapi.cmake
    DEPENDS ${HAVEN_OPENAPI} ${HAVEN_OPENAPI_PARTS} ${CMAKE_SOURCE_DIR}/server/http/embed_openapi.cmake
        ${CMAKE_SOURCE_DIR}/server/http/merge_openapi.py
    COMMENT "openapi.yaml" VERBATIM)

# The pages of the server, in the binary.
set(HAVEN_WEB_HEADER ${CMAKE_BINARY_DIR}/generated/haven/web_files.hpp)
file(GLOB HAVEN_WEB_FILES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/web/files/*)
add_custom_command(OUTPUT ${HAVEN_WEB_HEADER}
    COMMAND ${CMAKE_COMMAND} "-DFILES=${HAVEN_WEB_FILES}" -DTEMPLATE=${CMAKE_CURRENT_SOURCE_DIR}/web/page.html -DHEADER=${HAVEN_WEB_HEADER} -P ${CMAKE_CURRENT_SOURCE_DIR}/web/embed_files.cmake
    DEPENDS ${HAVEN_WEB_FILES} ${CMAKE_CURRENT_SOURCE_DIR}/web/page.html ${CMAKE_CURRENT_SOURCE_DIR}/web/embed_files.cmake
    COMMENT "pages" VERBATIM)

haven_library(server
    SOURCES
        accounts/attempts.cpp
        accounts/codes.cpp
        accounts/password_change.cpp
        accounts/profile.cpp
        accounts/registration.cpp
        accounts/rules.cpp
        agents/agents.cpp
        analytics/analytics.cpp
        artifacts/artifacts.cpp
        artifacts/drafts.cpp
        artifacts/file_forms.cpp
        artifacts/files.cpp
        artifacts/texts.cpp
        artifacts/virus_scanner.cpp
        audit/audit.cpp
        audit/reading.cpp
        auth/browser.cpp
        auth/device_grants.cpp
        auth/device_limits.cpp
        auth/factors.cpp
        auth/grant.cpp
        auth/log_in.cpp
        auth/oauth.cpp
        auth/routes.cpp
        auth/services.cpp
        clinicians/clinicians.cpp
        consents/consents.cpp
        events/events.cpp
        events/hub.cpp
        exercises/exercises.cpp
        http/address.cpp
        http/answer_fields.cpp
        http/application.cpp
        http/byte_budget.cpp
        http/connection.cpp
        http/contract.cpp
        http/databases.cpp
        http/digest.cpp
        http/etag.cpp
        http/form.cpp
        http/guards.cpp
        http/head_rules.cpp
        http/health.cpp
        http/idempotency_key.cpp
        http/json_members.cpp
        http/listener.cpp
        http/message.cpp
        http/metrics.cpp
        http/operation.cpp
        http/paging.cpp
        http/problem.cpp
        http/proxies.cpp
        http/rate_limit.cpp
        http/request_rates.cpp
        http/routes.cpp
        http/routing_table.cpp
        http/schema.cpp
        http/schema_check.cpp
        http/schema_values.cpp
        http/security_log.cpp
        http/serve_plain.cpp
        http/serve_tls.cpp
        http/server.cpp
        http/storable.cpp
        http/thread_priority.cpp
        http/turns.cpp
        intents/intents.cpp
        jobs/jobs.cpp
        mail/sender.cpp
        notifications/notifications.cpp
        notifications/unsubscribe.cpp
        objects/loose_objects.cpp
        progress/progress.cpp
        prompts/prompts.cpp
        reflections/reflections.cpp
        review/pseudonym.cpp
        review/review.cpp
        safety/safety.cpp
        seal/check_keys.cpp seal/user_keys.cpp seal/words.cpp
        sessions/sessions.cpp
        speech/speech.cpp
        vr/canvases.cpp
        vr/drawings.cpp
        vr/exports.cpp
        vr/rules.cpp
        vr/trace_rows.cpp
        vr/traces.cpp
        vr/vr.cpp
        web/web.cpp
        webhooks/sender.cpp
        webhooks/webhooks.cpp
        ${HAVEN_OPENAPI_SOURCE}
        ${HAVEN_WEB_HEADER}
    PUBLIC haven::api haven::bilateral haven::store haven::objects haven::seal haven::config haven::log Boost::headers OpenSSL::SSL
    PRIVATE haven::auth haven::canvas haven::mail haven::text haven::webhooks PkgConfig::yyjson)
# GCC 14 takes the promise's own operator new, once inlined, for the global one.
target_compile_options(haven_server PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)
set(HAVEN_SQL_FOLDERS accounts agents analytics artifacts audit auth clinicians consents events exercises http intents jobs mail notifications objects
        progress prompts reflections review safety seal sessions speech vr webhooks)
set(includes "#include <haven/sql_store.hpp>\n")
set(spans "sql::store::all")
foreach(folder ${HAVEN_SQL_FOLDERS})
    haven_sql(haven_server ${folder})
    string(APPEND includes "#include <haven/sql_${folder}.hpp>\n")
    string(APPEND spans ", sql::${folder}::all")
endforeach()
# Every statement there is, for the test that prepares each.
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/haven/sql_all.hpp CONTENT [[#pragma once

@includes@
#include <array>
#include <span>

namespace haven::sql {
inline constexpr auto all = std::to_array<std::span<const ::haven::store::Statement* const>>({@spans@});
} // namespace haven::sql
]] @ONLY)
include(safety/resources.cmake)
haven_executable(haven-server SOURCES main.cpp clinicians/commands.cpp consents/command.cpp seal/commands.cpp PRIVATE haven::api haven::server haven::auth haven::config haven::log haven::text)
