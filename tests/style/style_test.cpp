// The rules of the house that a program can hold: who may include whom, sizes, bans, and nothing
// that nobody uses.
#include "tests/style/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <regex>
#include <set>
#include <string_view>

namespace haven::style {
namespace {

const std::vector<SourceFile>& files() {
    static const auto all = project_files();
    return all;
}

/// Which rooms a room may include, besides itself; docs/ARCHITECTURE.md says why.
const std::map<std::string, std::set<std::string>>& allowed_includes() {
    static const std::map<std::string, std::set<std::string>> allowed{
        {"bilateral", {}},
        {"renderer/cache", {}},
        {"renderer/scene", {"renderer/cache"}},
        {"renderer/gpu", {"renderer/cache"}},
        {"renderer/shaders", {}},
        {"renderer/passes", {"renderer/gpu", "renderer/scene", "renderer/shaders"}},
        {"renderer/capture", {"renderer", "renderer/gpu", "renderer/scene", "renderer/passes"}},
        {"renderer", {"renderer/gpu", "renderer/scene", "renderer/passes", "renderer/shaders"}},
        {"environments", {"renderer/scene"}},
        {"ui", {"bilateral", "renderer/scene"}},
        {"net/api", {"bilateral"}},
        {"net/outbox", {"net/api", "bilateral"}},
        {"net/uploader", {"net/api", "net/outbox", "bilateral"}},
    };
    return allowed;
}

std::string joined(const std::vector<std::string>& faults) {
    std::string text;
    for (const auto& fault : faults) {
        text += "\n  " + fault;
    }
    return text;
}

/// Whether `word` stands in `text` with no letter, digit or underscore beside it.
bool contains_word(std::string_view text, std::string_view word) {
    const auto is_part = [&](std::size_t at) {
        return at < text.size() &&
               (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_');
    };
    for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        if ((at == 0 || !is_part(at - 1)) && !is_part(at + word.size())) {
            return true;
        }
    }
    return false;
}

bool opens_a_type(const std::string& line) {
    static const std::vector<std::string> starts{"class",     "struct", "enum",    "union",
                                                 "namespace", "extern", "template"};
    return line.ends_with("= {") || line.ends_with("{{") ||
           std::ranges::any_of(starts, [&](const auto& word) { return line.starts_with(word); });
}

bool may_include(const std::string& from, const std::string& to) {
    if (from == to || from.starts_with("tests")) {
        return true;
    }
    if (to.starts_with("xr_app") && !from.starts_with("xr_app")) {
        return false;
    }
    if (to.starts_with("server") && !from.starts_with("server")) {
        return false;
    }
    if (from.starts_with("server")) {
        return to.starts_with("server") || to == "net/api" || to == "bilateral";
    }
    if (from.starts_with("xr_app")) {
        return !to.starts_with("tests");
    }
    const auto rule = allowed_includes().find(from);
    return rule != allowed_includes().end() && rule->second.contains(to);
}

TEST(Style, RoomsIncludeOnlyTheRoomsTheyMay) {
    std::vector<std::string> faults;
    for (const auto& file : files()) {
        if (!is_cpp(file)) {
            continue;
        }
        for (const auto& include : project_includes(file)) {
            const auto to = room_of(include);
            const bool generated =
                std::ranges::find(files(), include, &SourceFile::path) == files().end();
            if (generated) {
                continue;
            }
            if (!may_include(room_of(file.path), to)) {
                faults.push_back(file.path + " includes " + include);
            }
        }
    }
    EXPECT_TRUE(faults.empty()) << joined(faults);
}

TEST(Style, LibrariesStayInTheirRooms) {
    struct Ban {
        std::regex include;
        std::vector<std::string> rooms;
    };
    const std::vector<Ban> bans{
        {std::regex("vulkan/.*|vk_mem_alloc.h"),
         {"renderer", "xr_app/mirror", "xr_app/headset", "tests"}},
        {std::regex("openxr/.*"), {"xr_app", "tests"}},
        {std::regex("libpq.*"), {"server/store", "tests"}},
        {std::regex("AL/.*"), {"xr_app/audio", "tests"}},
        {std::regex("curl/.*"),
         {"net", "server/mail", "server/objects", "server/webhooks", "tests"}},
        {std::regex("sqlite3.h"), {"net/outbox", "tests"}},
        {std::regex("boost/beast.*"), {"server/http", "tests"}},
    };
    std::vector<std::string> faults;
    for (const auto& file : files()) {
        for (const auto& include :
             is_cpp(file) ? system_includes(file) : std::vector<std::string>{}) {
            for (const auto& ban : bans) {
                const bool at_home = std::ranges::any_of(
                    ban.rooms, [&](const auto& room) { return file.path.starts_with(room + "/"); });
                if (std::regex_match(include, ban.include) && !at_home) {
                    faults.push_back(file.path + " includes <" + include + ">");
                }
            }
        }
    }
    EXPECT_TRUE(faults.empty()) << joined(faults);
}

TEST(Style, FilesStayUnder600LinesAndLinesUnder100Columns) {
    std::vector<std::string> faults;
    for (const auto& file : files()) {
        if (!is_cpp(file) && !has_extension(file, {".sh", ".glsl", ".vert", ".frag", ".cmake"})) {
            continue;
        }
        if (file.lines.size() >= 600) {
            faults.push_back(file.path + " has " + std::to_string(file.lines.size()) + " lines");
        }
        for (std::size_t i = 0; is_cpp(file) && i < file.lines.size(); ++i) {
            const auto columns = std::ranges::count_if(file.lines[i], [](char c) {
                return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
            });
            if (columns > 100) {
                faults.push_back(file.path + ":" + std::to_string(i + 1) +
                                 " is wider than 100 columns");
            }
        }
    }
    EXPECT_TRUE(faults.empty()) << joined(faults);
}

/// Formatted code opens a function's body with "{" at the end of an unindented line and closes it
/// with "}" alone.
TEST(Style, FreeFunctionsStayUnder70Lines) {
    std::vector<std::string> faults;
    for (const auto& file : files()) {
        if (!is_cpp(file)) {
            continue;
        }
        std::size_t opened = 0;
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const auto& line = file.lines[i];
            const bool is_type = opens_a_type(line);
            if (!line.empty() && line.front() != ' ' && line.ends_with("{") && !is_type) {
                opened = i;
            } else if (line == "}" && opened != 0) {
                if (i - opened >= 70) {
                    faults.push_back(file.path + ":" + std::to_string(opened + 1) +
                                     " is a function of " + std::to_string(i - opened) + " lines");
                }
                opened = 0;
            }
        }
    }
    EXPECT_TRUE(faults.empty()) << joined(faults);
}

TEST(Style, BannedWordsDoNotAppear) {
    struct Ban {
        std::string word;
        std::string why;
        std::vector<std::string> rooms; ///< where it is banned
    };
    const std::vector<std::string> everywhere{""};
    // The client keeps the rhythm of frames; nobody else waits blindly. Tests have a rule of their
    // own.
    const std::vector<std::string> sleepless{"bilateral/", "environments/", "net/",
                                             "renderer/",  "server/",       "ui/"};
    const std::vector<std::string> shipped{"bilateral/", "environments/", "net/",   "renderer/",
                                           "server/",    "ui/",           "xr_app/"};
    std::vector<Ban> bans{
        {"sleep_for", "await a condition instead of sleeping", sleepless},
        {"sleep_until", "await a condition instead of sleeping", sleepless},
        {"TODO", "no notes to oneself in code", everywhere},
        {"FIXME", "no notes to oneself in code", everywhere},
        {"strcpy", "unsafe C", everywhere},
        {"sprintf", "unsafe C", everywhere},
        {"atoi", "unsafe C", everywhere},
        {"CURLOPT_SSL_VERIFYPEER, 0", "TLS checking is never turned off", everywhere},
        {"CURLOPT_SSL_VERIFYHOST, 0", "TLS checking is never turned off", everywhere},
    };
    for (const char* starter : {"std::system", "popen", "posix_spawn", "posix_spawnp", "::fork",
                                "vfork", "execl", "execlp", "execv", "execve", "execvp"}) {
        bans.push_back({starter, "Haven starts no program", shipped});
    }
    std::vector<std::string> faults;
    for (const auto& file : files()) {
        if (!is_cpp(file) || file.path.starts_with("tests/style/")) {
            continue;
        }
        for (const auto& ban : bans) {
            const bool banned_here = std::ranges::any_of(
                ban.rooms, [&](const auto& room) { return file.path.starts_with(room); });
            if (banned_here && contains_word(file.text, ban.word)) {
                faults.push_back(file.path + ": " + ban.word + ": " + ban.why);
            }
        }
        for (const auto& line : file.lines) {
            const bool literals =
                line.contains("using namespace std::") && line.ends_with("literals;");
            if (contains_word(line, "using namespace") && !literals) {
                faults.push_back(file.path + ": no using namespace but for literals");
            }
        }
    }
    EXPECT_TRUE(faults.empty()) << joined(faults);
}

/// What a line of a test waits blindly with, or measures time with; "" for most.
std::string hope_in(const SourceFile& file, const std::string& line) {
    static const std::regex sleep(
        R"((sleep_for|sleep_until|usleep|nanosleep|time\.sleep|asyncio\.sleep)\b|)"
        R"(\bsleep +["$0-9{]|pg_sleep\( *[0-9$]|\brun_for\()");
    static const std::regex measure(
        R"([Cc]lock::now\(\) *-(?! *std::chrono::)|- *[A-Za-z_:]*[Cc]lock::now\(\)|)"
        R"(_CPUTIME_ID|getrusage|)"
        R"(\bprocessor_time\b|)"
        R"((EXPECT|ASSERT)_(LT|LE|GT|GE|NEAR)\((.*, *)?[A-Za-z_:]*[Cc]lock::now\(\))");
    std::smatch found;
    if (file.path != "tests/support/await.cpp" && std::regex_search(line, found, sleep)) {
        return found.str() + ": await a condition";
    }
    if (file.path.ends_with("_test.cpp") && std::regex_search(line, found, measure)) {
        return found.str() + ": state a fact that needs no clock";
    }
    return "";
}

TEST(Style, TestsAwaitConditionsAndMeasureNoTime) {
    std::vector<std::string> faults;
    for (const auto& file : files()) {
        const bool of_tests =
            file.path.starts_with("tests/") && !file.path.starts_with("tests/style/");
        if (!of_tests || (!is_cpp(file) && !has_extension(file, {".sh", ".py", ".sql"}))) {
            continue;
        }
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            if (const auto hope = hope_in(file, file.lines[i]); !hope.empty()) {
                faults.push_back(file.path + ":" + std::to_string(i + 1) + ": " + hope);
            }
        }
    }
    EXPECT_TRUE(faults.empty()) << joined(faults);
}

TEST(Style, AHopeInATestIsFound) {
    const SourceFile test{.path = "tests/unit/net/some_test.cpp", .text = {}, .lines = {}};
    for (const char* line :
         {"std::this_thread::sleep_for(10ms);", "sleep 0.1", "sleep \"$n\"", "SELECT pg_sleep(1)",
          "io.run_for(2s);", "EXPECT_LT(Clock::now() - begin, 5s);", "auto t = end - Clock::now();",
          "EXPECT_GE(steady_clock::now(), end);",
          "clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);"}) {
        EXPECT_NE(hope_in(test, line), "") << line;
    }
    for (const char* line : {"EXPECT_GT(courier->drain(steady_clock::now() + 20s).pending, 0);",
                             "now() - interval '1 day'", "clock::now() - std::chrono::hours(1)",
                             "a controller sleeps", "SELECT pg_sleep('infinity')"}) {
        EXPECT_EQ(hope_in(test, line), "") << line;
    }
}

TEST(Style, HeadersHavePragmaOnceFirst) {
    std::vector<std::string> faults;
    for (const auto& file : files()) {
        if (has_extension(file, {".hpp"}) &&
            (file.lines.empty() || file.lines[0] != "#pragma once")) {
            faults.push_back(file.path);
        }
    }
    EXPECT_TRUE(faults.empty()) << joined(faults);
}

/// A shader, a statement or a source nobody names is dead.
TEST(Style, ShadersStatementsAndSourcesAreAllUsed) {
    std::vector<std::string> faults;
    for (const auto& file : files()) {
        const auto name = file.path.substr(file.path.rfind('/') + 1);
        const auto stem = name.substr(0, name.rfind('.'));
        const bool statement = has_extension(file, {".sql"}) && file.path.starts_with("server/") &&
                               file.path.contains("/sql/");
        const bool shader = has_extension(file, {".vert", ".frag", ".comp", ".glsl"});
        const bool source = has_extension(file, {".cpp"});
        if (!statement && !shader && !source) {
            continue;
        }
        const auto& word = statement ? stem : name;
        const bool used = std::ranges::any_of(files(), [&](const SourceFile& other) {
            return other.path != file.path &&
                   (is_cpp(other) || has_extension(other, {"CMakeLists.txt", ".cmake", ".vert",
                                                           ".frag", ".glsl"})) &&
                   contains_word(other.text, word);
        });
        if (!used) {
            faults.push_back(file.path);
        }
    }
    EXPECT_TRUE(faults.empty()) << "named by nobody:" << joined(faults);
}

TEST(Style, EveryAssetHasALicence) {
    const auto licences = std::ranges::find(files(), "assets/LICENSES.md", &SourceFile::path);
    ASSERT_NE(licences, files().end()) << "assets/LICENSES.md is missing";
    std::vector<std::string> faults;
    for (const auto& file : files()) {
        if (!file.path.starts_with("assets/") || file.path == "assets/LICENSES.md") {
            continue;
        }
        // A folder named with a trailing slash covers what is in it.
        const auto folder = file.path.substr(7, file.path.rfind('/') - 6);
        if (!licences->text.contains(file.path.substr(7)) &&
            !licences->text.contains("`" + folder + "`")) {
            faults.push_back(file.path);
        }
    }
    EXPECT_TRUE(faults.empty()) << "not in assets/LICENSES.md:" << joined(faults);
}

TEST(Style, CodeIsFormatted) {
    std::string command = "cd '" HAVEN_SOURCE_DIR "' && clang-format-19 --dry-run -Werror";
    for (const auto& file : files()) {
        if (is_cpp(file)) {
            command += " '" + file.path + "'";
        }
    }
    // NOLINTNEXTLINE(cert-env33-c): the command is made of the project's own file names.
    EXPECT_EQ(std::system(command.c_str()), 0) << "./haven format mends it";
}

} // namespace
} // namespace haven::style
