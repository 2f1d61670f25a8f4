// docs/asvs.md stays true in what a program can see: each test and each file that it names is
// there, each requirement stands once with a verdict, and its counts are those of its rows.
#include "tests/style/source_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <format>
#include <map>
#include <ranges>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace haven::style {
namespace {

constexpr std::array<std::string_view, 4> verdicts{"test", "reason", "open", "n/a"};

struct Requirement {
    std::string number; ///< "6.2.4"
    std::string level;
    std::string asks;
    std::string verdict;
    std::string by;
};

/// What a row may name.
struct Known {
    std::set<std::string> tests; ///< "Suite.Case", and ctest's names
    std::set<std::string> paths; ///< files and folders
};

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    return first == std::string_view::npos
               ? ""
               : std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

/// Of "| a | b |": a and b.
std::vector<std::string> cells_of(std::string_view line) {
    std::vector<std::string> cells;
    if (line.size() > 1 && line.starts_with('|') && line.ends_with('|')) {
        for (const auto cell : std::views::split(line.substr(1, line.size() - 2), '|')) {
            cells.push_back(trimmed(std::string_view(cell)));
        }
    }
    return cells;
}

std::vector<int> places_of(const std::string& number) {
    std::vector<int> places;
    for (const auto place : std::views::split(number, '.')) {
        places.push_back(std::stoi(std::string(std::string_view(place))));
    }
    return places;
}

/// The rows, and a fault for each line of a chapter's table that is none.
std::vector<Requirement> requirements_in(const std::string& document,
                                         std::vector<std::string>& faults) {
    static const std::regex number(R"(\d{1,2}\.\d{1,2}\.\d{1,2})");
    std::vector<Requirement> found;
    std::string chapter;
    std::istringstream lines(document);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("## ")) {
            chapter = line.starts_with("## V") ? line.substr(4, line.find(' ', 4) - 4) : "";
        }
        if (chapter.empty() || !line.starts_with('|') || line.starts_with("| # |") ||
            line.starts_with("|---")) {
            continue;
        }
        const auto cells = cells_of(line);
        if (cells.size() != 5 || !std::regex_match(cells[0], number)) {
            faults.push_back("no row of a requirement: " + line);
            continue;
        }
        if (!cells[0].starts_with(chapter + ".")) {
            faults.push_back(cells[0] + ": in the chapter V" + chapter);
        }
        found.push_back({cells[0], cells[1], cells[2], cells[3], cells[4]});
    }
    return found;
}

/// What is wrong with what a row says.
void check_row(const Requirement& row, const Known& known, std::vector<std::string>& faults) {
    static const std::regex in_code("`([^`]+)`");
    static const std::regex like_a_test(R"([A-Z]\w*\.\w+)");
    const auto fault = [&](const std::string& what) { faults.push_back(row.number + ": " + what); };
    if (row.level != "1" && row.level != "2") {
        fault("of the level " + row.level);
    }
    if (!std::ranges::contains(verdicts, row.verdict)) {
        fault("the verdict " + row.verdict);
    }
    if (row.asks.empty() || row.by.empty()) {
        fault("an empty cell");
    }
    bool names_test = false;
    bool names_path = false;
    for (std::sregex_iterator code(row.by.begin(), row.by.end(), in_code), end; code != end;
         ++code) {
        const std::string word = (*code)[1];
        if (known.tests.contains(word)) {
            names_test = true;
        } else if (known.paths.contains(word)) {
            names_path = true;
        } else if (std::regex_match(word, like_a_test)) {
            fault("there is no test " + word);
        } else if (word.contains('/') && !word.contains(' ')) {
            fault("there is no file " + word);
        }
    }
    if (row.verdict == "test" && !names_test) {
        fault("names no test");
    }
    if (row.verdict == "reason" && !names_path) {
        fault("names no place");
    }
}

/// The lines of counts, and of what is open at level 1, as they have to stand in the document.
std::vector<std::string> summary_of(const std::vector<Requirement>& rows) {
    const auto line = [&](std::string_view what, const std::set<std::string>& counted) {
        const auto at = [&](const std::string& level) {
            return std::ranges::count_if(rows, [&](const Requirement& row) {
                return row.level == level && counted.contains(row.verdict);
            });
        };
        return std::format("| {} | {} | {} | {} |", what, at("1"), at("2"), at("1") + at("2"));
    };
    std::string open;
    for (const auto& row : rows) {
        if (row.level == "1" && row.verdict == "open") {
            open += (open.empty() ? "" : ", ") + row.number;
        }
    }
    return {line("asked", {"test", "reason", "open", "n/a"}),
            line("apply", {"test", "reason", "open"}),
            line("held by a test", {"test"}),
            line("held by a reason", {"reason"}),
            line("open", {"open"}),
            line("do not apply", {"n/a"}),
            "Open at level 1: " + (open.empty() ? "nothing" : open) + "."};
}

std::vector<std::string> faults_of(const std::string& document, const Known& known) {
    std::vector<std::string> faults;
    const auto rows = requirements_in(document, faults);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        check_row(rows[i], known, faults);
        if (i > 0 && places_of(rows[i - 1].number) >= places_of(rows[i].number)) {
            faults.push_back(rows[i].number + ": after " + rows[i - 1].number);
        }
    }
    for (const auto& line : summary_of(rows)) {
        if (!("\n" + document).contains("\n" + line + "\n")) {
            faults.push_back("not at the top: " + line);
        }
    }
    return faults;
}

Known known_of(const std::vector<SourceFile>& files) {
    static const std::regex test_case(R"(^TEST(?:_[FP])?\((\w+),\s*(\w+)\))");
    static const std::regex of_ctest(R"((?:haven_test\(|add_test\(NAME )(\w+))");
    Known known;
    std::smatch found;
    for (const auto& file : files) {
        for (auto path = file.path; !path.empty();
             path = path.substr(0, path.contains('/') ? path.rfind('/') : 0)) {
            known.paths.insert(path);
        }
        const bool of_tests = file.path.starts_with("tests/");
        for (std::size_t i = 0; of_tests && i < file.lines.size(); ++i) {
            const auto& line = file.lines[i];
            if (is_cpp(file) && line.starts_with("TEST")) {
                const auto both = line + (i + 1 < file.lines.size() ? file.lines[i + 1] : "");
                if (std::regex_search(both, found, test_case)) {
                    known.tests.insert(found.str(1) + "." + found.str(2));
                }
            } else if (has_extension(file, {".cmake", "CMakeLists.txt"}) &&
                       std::regex_search(line, found, of_ctest)) {
                known.tests.insert(found.str(1));
            }
        }
    }
    return known;
}

TEST(Asvs, EveryRowNamesWhatIsThereAndIsCounted) {
    const auto files = project_files();
    const auto document = std::ranges::find(files, "docs/asvs.md", &SourceFile::path);
    ASSERT_NE(document, files.end());
    for (const auto& fault : faults_of(document->text, known_of(files))) {
        ADD_FAILURE() << "docs/asvs.md: " << fault;
    }
}

/// As many as ASVS 5.0.0 has; which they are, its numbers say.
TEST(Asvs, EveryRequirementOfLevels1And2HasItsRow) {
    const std::map<std::string, int> of_chapter{
        {"1", 27},  {"2", 11}, {"3", 19},  {"4", 10},  {"5", 9},   {"6", 35},
        {"7", 18},  {"8", 7},  {"9", 7},   {"10", 29}, {"11", 14}, {"12", 9},
        {"13", 13}, {"14", 9}, {"15", 13}, {"16", 16}, {"17", 7}};
    const auto files = project_files();
    const auto document = std::ranges::find(files, "docs/asvs.md", &SourceFile::path);
    ASSERT_NE(document, files.end());
    std::vector<std::string> faults;
    std::map<std::string, int> rows;
    int of_level_1 = 0;
    for (const auto& row : requirements_in(document->text, faults)) {
        ++rows[row.number.substr(0, row.number.find('.'))];
        of_level_1 += row.level == "1" ? 1 : 0;
    }
    EXPECT_EQ(rows, of_chapter);
    EXPECT_EQ(of_level_1, 70);
}

TEST(Asvs, AFaultInTheDocumentIsFound) {
    const Known known{.tests = {"Suite.Case", "a_program"}, .paths = {"server", "server/a.cpp"}};
    const std::string top = "| asked | 1 | 2 | 3 |\n| apply | 1 | 1 | 2 |\n"
                            "| held by a test | 0 | 1 | 1 |\n| held by a reason | 0 | 0 | 0 |\n"
                            "| open | 1 | 0 | 1 |\n| do not apply | 0 | 1 | 1 |\n"
                            "Open at level 1: 2.1.1.\n## V2 Two\n| # | L | a | v | b |\n|---|\n";
    const std::string first = "| 2.1.1 | 1 | it | open | not yet |\n";
    const std::string second = "| 2.1.10 | 2 | it | test | `Suite.Case`, `a b/c` |\n";
    const std::string third = "| 2.2.1 | 2 | it | n/a | none |\n";
    EXPECT_THAT(faults_of(top + first + second + third, known), testing::IsEmpty());
    const auto fault_with = [&](const std::string& row) {
        std::string all;
        for (const auto& fault : faults_of(top + first + row + third, known)) {
            all += fault + "\n";
        }
        return all;
    };
    const std::map<std::string, std::string> found{
        {"| 2.1.10 | 2 | it | test | `Suite.Gone` |", "2.1.10: there is no test Suite.Gone\n"},
        {"| 2.1.10 | 2 | it | test | tested |", "2.1.10: names no test\n"},
        {"| 2.1.10 | 2 | it | reason | `server/b.cpp` |", "2.1.10: there is no file server/b.cpp"},
        {"| 2.1.10 | 2 | it | reason | because |", "2.1.10: names no place"},
        {"| 2.1.10 | 2 | it | perhaps | `Suite.Case` |", "2.1.10: the verdict perhaps"},
        {"| 2.1.10 | 3 | it | test | `Suite.Case` |", "2.1.10: of the level 3"},
        {"| 2.1.10 | 2 | | test | `Suite.Case` |", "2.1.10: an empty cell"},
        {"| 2.1.1 | 2 | it | test | `a_program` |", "2.1.1: after 2.1.1\n"},
        {"| 2.3.1 | 2 | it | test | `a_program` |", "2.2.1: after 2.3.1\n"},
        {"| 3.1.1 | 2 | it | test | `a_program` |", "3.1.1: in the chapter V2\n"},
        {"| 2.1.10 | 2 | it | test |", "no row of a requirement"},
        {"| 2.1.10 | 2 | it | open | `server` |", "not at the top: | open | 1 | 1 | 2 |\n"},
        {"| 2.1.10 | 1 | it | open | `server` |", "not at the top: Open at level 1: 2.1.1, 2.1.10"},
        {"", "not at the top: | asked | 1 | 1 | 2 |\n"}};
    for (const auto& [row, fault] : found) {
        EXPECT_THAT(fault_with(row + "\n"), testing::HasSubstr(fault)) << row;
    }
}

} // namespace
} // namespace haven::style
