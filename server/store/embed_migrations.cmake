# Writes the list of migrations from V0001__name.sql files. -DFILES= -DROUTINES= -DSOURCE=
set(entries "")
list(SORT FILES)
foreach(file IN LISTS FILES)
    get_filename_component(base ${file} NAME)
    if(NOT base MATCHES "^V([0-9][0-9][0-9][0-9])__([a-z0-9_]+)[.]sql$")
        message(FATAL_ERROR "${file}: name a migration V0001__what_it_does.sql")
    endif()
    set(name ${CMAKE_MATCH_2})
    string(REGEX REPLACE "^0+" "" version ${CMAKE_MATCH_1})
    file(READ ${file} sql)
    string(APPEND entries "    Migration{.version = ${version}, .name = \"${name}\", .sql = R\"haven_sql(${sql})haven_sql\"},\n")
endforeach()
set(routines "")
list(SORT ROUTINES)
foreach(file IN LISTS ROUTINES)
    file(READ ${file} sql)
    # Several literals: compilers bound the length of one.
    string(APPEND routines "\nR\"haven_sql(${sql}\n)haven_sql\"")
endforeach()
file(WRITE ${SOURCE} "// Made from server/store/migrations by server/store/embed_migrations.cmake.
#include \"server/store/migrations.hpp\"

#include <array>
#include <span>
#include <string_view>

namespace haven::store {

namespace {
constexpr std::array migrations{
${entries}};
} // namespace

std::span<const Migration> embedded_migrations() { return migrations; }
std::string_view embedded_routines() { return ${routines}; }

} // namespace haven::store
")
