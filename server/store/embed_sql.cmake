# Writes haven/sql_FOLDER.hpp from one-statement .sql files. -DFOLDER= -DFILES= -DHEADER=
set(constants "")
set(statements "")
list(SORT FILES)
foreach(file IN LISTS FILES)
    get_filename_component(name ${file} NAME_WE)
    if(NOT name MATCHES "^[a-z][a-z0-9_]*$")
        message(FATAL_ERROR "${file}: name a statement's file in snake_case: its name becomes a C++ constant")
    endif()
    file(READ ${file} sql)
    string(STRIP "${sql}" sql)
    # What ends with the answer to a request is a type of its own: without it nothing is recorded.
    set(here "&${name}")
    if(sql MATCHES "haven_listed[(]")
        string(REPLACE " DESC" " ASC" oldest "${sql}")
        set(type Listing)
        set(value "{{\"${FOLDER}.${name}\", R\"haven_sql(${sql})haven_sql\"}}, {{\"${FOLDER}.${name}_oldest\", R\"haven_sql(${oldest})haven_sql\"}}")
        set(here "&${name}.newest" "&${name}.oldest")
    elseif(sql MATCHES "haven_answered[(]")
        set(type Answering)
        set(value "{\"${FOLDER}.${name}\", R\"haven_sql(${sql})haven_sql\"}")
    else()
        set(type Statement)
        set(value "\"${FOLDER}.${name}\", R\"haven_sql(${sql})haven_sql\"")
    endif()
    string(APPEND constants
        "inline constexpr ::haven::store::${type} ${name}{${value}};\n")
    list(APPEND statements ${here})
endforeach()
list(LENGTH statements count)
list(JOIN statements ", " names)
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
