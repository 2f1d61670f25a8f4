# The HTTP server: a library, so that tests start it in their process; and the binary.

# net/api/openapi.yaml, served as it was when the binary was built.
set(HAVEN_OPENAPI ${CMAKE_SOURCE_DIR}/net/api/openapi.yaml)
set(HAVEN_OPENAPI_SOURCE ${CMAKE_BINARY_DIR}/generated/haven/openapi_text.cpp)
add_custom_command(OUTPUT ${HAVEN_OPENAPI_SOURCE}
    COMMAND ${CMAKE_COMMAND} -DFILE=${HAVEN_OPENAPI} -DSOURCE=${HAVEN_OPENAPI_SOURCE}
        -P ${CMAKE_SOURCE_DIR}/server/http/embed_openapi.cmake
    DEPENDS ${HAVEN_OPENAPI} ${CMAKE_SOURCE_DIR}/server/http/embed_openapi.cmake
    COMMENT "openapi.yaml" VERBATIM)

haven_library(server
    SOURCES
        accounts/accounts.cpp
        accounts/rules.cpp
        audit/audit.cpp
        exercises/exercises.cpp
        http/application.cpp
        http/byte_budget.cpp
        http/connection.cpp
        http/head_rules.cpp
        http/health.cpp
        http/listener.cpp
        http/message.cpp
        http/metrics.cpp
        http/paging.cpp
        http/problem.cpp
        http/rate_limit.cpp
        http/routes.cpp
        http/routing_table.cpp
        http/serve_plain.cpp
        http/serve_tls.cpp
        http/server.cpp
        http/write.cpp
        sessions/sessions.cpp
        vr/drawings.cpp
        vr/rules.cpp
        vr/traces.cpp
        vr/vr_sessions.cpp
        ${HAVEN_OPENAPI_SOURCE}
    PUBLIC haven::api haven::bilateral haven::store haven::objects haven::config haven::log Boost::headers OpenSSL::SSL
    PRIVATE haven::auth haven::canvas)
# GCC 14 takes the promise's own operator new, once inlined, for the global one.
set_source_files_properties(vr/traces.cpp PROPERTIES COMPILE_OPTIONS -Wno-mismatched-new-delete)
foreach(folder accounts audit exercises http sessions vr)
    haven_sql(haven_server ${folder})
endforeach()
haven_executable(haven-server SOURCES main.cpp PRIVATE haven::server haven::auth haven::config haven::log)
