# Writes haven/sql_FOLDER.hpp from one-statement .sql files. -DFOLDER= -DFILES= -DHEADER=
set(constants "")
set(names "")
list(SORT FILES)
foreach(file IN LISTS FILES)
    get_filename_component(name ${file} NAME_WE)
    if(NOT name MATCHES "^[a-z][a-z0-9_]*$")
        message(FATAL_ERROR "${file}: name a statement's file in snake_case: its name becomes a C++ constant")
    endif()
    file(READ ${file} sql)
    string(STRIP "${sql}" sql)
    # What ends with the answer to a request is a type of its own: without it nothing is recorded.
    if(sql MATCHES "haven_(answered|listed)[(]")
        set(type Answering)
        set(value "{\"${FOLDER}.${name}\", R\"haven_sql(${sql})haven_sql\"}")
    else()
        set(type Statement)
        set(value "\"${FOLDER}.${name}\", R\"haven_sql(${sql})haven_sql\"")
    endif()
    string(APPEND constants
        "inline constexpr ::haven::store::${type} ${name}{${value}};\n")
    string(APPEND names "&${name}, ")
endforeach()
list(LENGTH FILES count)
set(text "// Made from server/${FOLDER}/sql/*.sql by server/store/embed_sql.cmake.
#pragma once

#include \"server/store/statement.hpp\"

#include <array>

namespace haven::sql::${FOLDER} {

${constants}
inline constexpr std::array<const ::haven::store::Statement*, ${count}> all{${names}};

} // namespace haven::sql::${FOLDER}
")
file(WRITE ${HEADER} "${text}")
