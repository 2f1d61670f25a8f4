# assets/crisis_resources.json in the binary: what helps in a crisis must not depend on a file being there.
set(HAVEN_CRISIS_HEADER ${CMAKE_BINARY_DIR}/generated/haven/crisis_resources.hpp)
add_custom_command(OUTPUT ${HAVEN_CRISIS_HEADER}
    COMMAND ${CMAKE_COMMAND} -DFILE=${CMAKE_SOURCE_DIR}/assets/crisis_resources.json -DHEADER=${HAVEN_CRISIS_HEADER}
        -P ${CMAKE_SOURCE_DIR}/server/safety/embed_resources.cmake
    DEPENDS ${CMAKE_SOURCE_DIR}/assets/crisis_resources.json ${CMAKE_SOURCE_DIR}/server/safety/embed_resources.cmake
    COMMENT "crisis resources" VERBATIM)
target_sources(haven_server PRIVATE ${HAVEN_CRISIS_HEADER})
