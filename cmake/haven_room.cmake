# One target a room: haven_library(NAME SOURCES ... [PUBLIC targets] [PRIVATE targets]) makes haven::NAME; sources are
# listed, never globbed. Headers are included from the project's root: #include "bilateral/hand_sample.hpp".

set(HAVEN_SANITIZE "" CACHE STRING "sanitizers, comma separated")

add_library(haven_options INTERFACE)
target_compile_options(haven_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Werror
    -Wno-missing-field-initializers -ffp-contract=off -fno-omit-frame-pointer)
target_include_directories(haven_options INTERFACE ${CMAKE_SOURCE_DIR})
if(HAVEN_SANITIZE)
    # With sanitizers gcc takes std::regex's own members for uninitialized.
    target_compile_options(haven_options INTERFACE -fsanitize=${HAVEN_SANITIZE} -fno-sanitize-recover=all
        $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
    target_link_options(haven_options INTERFACE -fsanitize=${HAVEN_SANITIZE})
    if(HAVEN_SANITIZE MATCHES "thread")
        # Asio orders its reactor's memory with a fence, which gcc's thread sanitizer does not follow. It says so with every
        # file that includes Asio; what it then takes for a race would be named in tests/support/races.txt.
        target_compile_options(haven_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
    endif()
endif()

function(haven_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;PUBLIC;PRIVATE")
    string(REPLACE "::" "_" target haven_${name})
    add_library(${target} STATIC ${arg_SOURCES})
    add_library(haven::${name} ALIAS ${target})
    target_link_libraries(${target} PUBLIC haven_options ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
endfunction()

function(haven_executable name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;PRIVATE")
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE haven_options ${arg_PRIVATE})
endfunction()

# Where the sources and the programs lie, for what is run from the project's root. Relative, so that every checkout of the
# project compiles the same and one cache serves them all.
function(haven_knows_paths name)
    cmake_path(RELATIVE_PATH CMAKE_RUNTIME_OUTPUT_DIRECTORY BASE_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE programs)
    target_compile_definitions(${name} PRIVATE HAVEN_SOURCE_DIR="." HAVEN_BINARY_DIR="${programs}")
endfunction()

# A bound for what hangs, of seconds; no test says how long it may take: a machine may be as slow and as busy as it is.
set(HAVEN_TEST_TIMEOUT 1800)
if(HAVEN_SANITIZE)
    set(HAVEN_TEST_TIMEOUT 7200)
endif()

# haven_test(NAME LABEL style|unit|integration|golden|e2e SOURCES ... [PRIVATE targets] [SERIAL])
# One executable a room and kind, one ctest entry each: the executables run their cases in one process.
function(haven_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "SERIAL" "LABEL" "SOURCES;PRIVATE")
    if((HAVEN_SANITIZE MATCHES "address" AND arg_LABEL STREQUAL "golden") OR
       (HAVEN_SANITIZE MATCHES "thread" AND arg_LABEL STREQUAL "e2e"))
        list(APPEND arg_SOURCES ${CMAKE_SOURCE_DIR}/tests/support/keep_drivers.cpp)
    endif()
    haven_executable(${name} SOURCES ${arg_SOURCES} PRIVATE GTest::gmock_main ${arg_PRIVATE})
    if(NOT TARGET tests_${arg_LABEL}) # all of one label and what they run
        add_custom_target(tests_${arg_LABEL})
    endif()
    add_dependencies(tests_${arg_LABEL} ${name})
    add_test(NAME ${name} COMMAND ${name} --gtest_brief=1 WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    # What is quick and says most about where a fault is comes first.
    set(order style unit integration golden e2e)
    list(FIND order ${arg_LABEL} place)
    math(EXPR cost "100 - ${place}")
    set_tests_properties(${name} PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${HAVEN_TEST_TIMEOUT} COST ${cost})
    if(HAVEN_SANITIZE MATCHES "address" AND arg_LABEL STREQUAL "e2e") # the runtime in the client never frees all
        set_tests_properties(${name} PROPERTIES ENVIRONMENT "ASAN_OPTIONS=detect_leaks=0")
    elseif(HAVEN_SANITIZE MATCHES "address")
        set_tests_properties(${name} PROPERTIES
            ENVIRONMENT "LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/support/leaks.txt")
    endif()
    if(arg_SERIAL)
        set_tests_properties(${name} PROPERTIES RUN_SERIAL TRUE)
    endif()
    haven_knows_paths(${name})
endfunction()
