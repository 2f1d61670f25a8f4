#include "ui/words.hpp"

#include "bilateral/exercise/script.hpp"
#include "tests/support/process.hpp"
#include "tests/unit/ui/panel_samples.hpp"
#include "ui/panel.hpp"
#include "ui/panels.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <format>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace haven::ui {
namespace {

namespace fs = std::filesystem;

const fs::path own = HAVEN_SOURCE_DIR "/assets/words";
/// What somebody who accompanies a person can do to their session (assets/exercise/FORMAT.md).
constexpr std::array<std::string_view, 10> facilitators{
    "go_on", "skip", "back", "pause", "resume", "extend", "rate", "title", "safe_place", "end"};
const fs::path exercises = HAVEN_SOURCE_DIR "/assets/exercise";

/// A folder of words of a test's own.
class WordsFolder {
  public:
    [[nodiscard]] const fs::path& path() const { return folder_.path(); }
    void write(std::string_view language, std::string_view messages) const {
        test::write_text(path() / std::format("{}.json", language),
                         std::format(R"({{"name": "x", "tone": "y", "messages": {}}})", messages));
    }
    /// What is said against German beside this English.
    [[nodiscard]] std::string fault(std::string_view english, std::string_view german) const {
        write("en", english);
        write("de", german);
        const auto words = Words::load(path(), "de");
        return words ? "" : words.error();
    }

  private:
    test::TempDirectory folder_;
};

std::string say_count(const Words& words, std::string_view id, std::string_view name,
                      std::int64_t count) {
    const std::array arguments{Argument{.name = name, .value = count}};
    return words.say(id, arguments);
}

TEST(Words, EveryLanguageSaysEverything) {
    const auto languages = languages_in(own);
    EXPECT_EQ(languages, (std::vector<std::string>{"de", "en", "es", "fr"}));
    for (const auto& language : languages) {
        const auto words = Words::load(own, language);
        ASSERT_TRUE(words) << words.error();
        for (const auto& id : words->ids()) {
            const std::string said = words->say(id, testing::arguments);
            EXPECT_FALSE(said.empty()) << language << ' ' << id;
            EXPECT_FALSE(said.contains('{') || said.contains('}')) << language << ' ' << id;
        }
    }
}

TEST(Words, EveryMessageIsSaidBySomePanel) {
    const auto words = Words::load(own, "en");
    ASSERT_TRUE(words) << words.error();
    std::set<std::string> said;
    for (const std::string_view name : panel_names()) {
        const Panel panel = make_panel(name, *words, testing::arguments);
        for (const char* part : {"title", "sentence", "least", "most"}) {
            said.insert(std::format("{}.{}", name, part));
        }
        for (const auto& choice : panel.choices) {
            said.insert("choice." + choice.id);
        }
        for (const auto& round : panel.around) {
            said.insert(std::format("{}.{}", name, round.id));
        }
    }
    for (const std::string_view act : facilitators) {
        said.insert(std::format("notice.facilitator_{}", act));
    }
    for (const auto& id : words->ids()) {
        EXPECT_TRUE(said.contains(id)) << id << " is said by no panel";
    }
}

TEST(Words, WhatAFacilitatorDoesThePersonIsTold) {
    for (const auto& language : languages_in(own)) {
        const auto words = Words::load(own, language);
        ASSERT_TRUE(words) << words.error();
        for (const std::string_view act : facilitators) {
            EXPECT_TRUE(words->has(std::format("notice.facilitator_{}", act)))
                << language << ' ' << act;
        }
    }
}

TEST(Words, EveryPromptOfAScriptHasItsPanel) {
    const auto names = panel_names();
    const std::set<std::string_view> there(names.begin(), names.end());
    for (const fs::directory_entry& file : fs::directory_iterator(exercises)) {
        if (file.path().extension() != ".json") {
            continue;
        }
        const auto script = exercise::read_script(test::read_text(file.path()));
        ASSERT_TRUE(script) << file.path();
        std::vector<std::string> prompts{script->break_prompt};
        for (const exercise::Phase& phase : script->phases) {
            for (const exercise::Prompt& prompt : phase.prompts) {
                prompts.push_back(prompt.id);
            }
            if (phase.offer) {
                prompts.push_back(phase.offer->prompt);
            }
        }
        for (const std::string& prompt : prompts) {
            EXPECT_TRUE(there.contains(prompt)) << file.path() << " asks for " << prompt;
        }
    }
}

TEST(Words, NobodyIsPraisedHurriedOrShoutedAt) {
    for (const auto& language : languages_in(own)) {
        const auto words = Words::load(own, language);
        ASSERT_TRUE(words) << words.error();
        for (const auto& id : words->ids()) {
            const std::string said = words->say(id, testing::arguments);
            EXPECT_FALSE(said.contains('!') || said.contains("\u00a1")) << language << ' ' << id;
            EXPECT_FALSE(said.contains('\'') || said.contains("...")) << language << ' ' << id;
        }
    }
}

TEST(Words, NumbersChooseTheirPlural) {
    const auto english = Words::load(own, "en");
    const auto french = Words::load(own, "fr");
    ASSERT_TRUE(english && french);
    EXPECT_TRUE(say_count(*english, "break_reminder.sentence", "minutes", 1).contains("1 minute."));
    EXPECT_TRUE(
        say_count(*english, "break_reminder.sentence", "minutes", 20).contains("20 minutes."));
    EXPECT_TRUE(say_count(*french, "break_reminder.sentence", "minutes", 0).contains("0 minute."));
    EXPECT_TRUE(say_count(*french, "break_reminder.sentence", "minutes", 2).contains("2 minutes."));
    const std::array none{Argument{.name = "strokes", .value = std::int64_t{0}},
                          Argument{.name = "waiting", .value = std::int64_t{0}}};
    EXPECT_EQ(english->say("saved.sentence", none), "Nothing was drawn. All of it was sent.");
}

TEST(Words, WhatIsFilledInIsNotReadAgain) {
    const WordsFolder folder;
    folder.write("en", R"({"a": {"b": "In {place}, it’s fine."}})");
    const auto words = Words::load(folder.path(), "en");
    ASSERT_TRUE(words) << words.error();
    const std::array arguments{Argument{.name = "place", .value = "{x} ''# <b>"},
                               Argument{.name = "other", .value = "passed over"}};
    EXPECT_EQ(words->say("a.b", arguments), "In {x} ''# <b>, it’s fine.");
}

TEST(Words, AMissingLanguageIsOneClearError) {
    const auto words = Words::load(own, "it");
    ASSERT_FALSE(words);
    EXPECT_EQ(words.error(), own.string() + " has no words in 'it'; it has de, en, es, fr");
    const auto nowhere = Words::load("/nowhere", "en");
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error(), "/nowhere has no words in 'en'; it has none");
}

TEST(Words, AFifthLanguageIsOneFile) {
    const WordsFolder folder;
    folder.write("en", R"({"a": {"b": "{n, plural, one {# line} other {# lines}}"}})");
    folder.write(
        "pl",
        R"({"a": {"b": "{n, plural, one {# linia} few {# linie} many {# linii} other {#}}"}})");
    EXPECT_EQ(languages_in(folder.path()), (std::vector<std::string>{"en", "pl"}));
    const auto words = Words::load(folder.path(), "pl");
    ASSERT_TRUE(words) << words.error();
    EXPECT_EQ(say_count(*words, "a.b", "n", 3), "3 linie");
    EXPECT_EQ(say_count(*words, "a.b", "n", 5), "5 linii");
}

TEST(Words, AFaultIsNamedByFileAndMessage) {
    const WordsFolder folder;
    const std::string de = (folder.path() / "de.json").string();
    const std::string one = R"({"a": {"b": "One {x}"}})";
    EXPECT_EQ(folder.fault(one, R"({"a": {}})"), de + ": a.b: is missing; en.json has it");
    EXPECT_EQ(folder.fault(one, R"({"a": {"b": "Eins {x}", "c": "Zwei"}})"),
              de + ": a.c: is not in en.json");
    EXPECT_EQ(folder.fault(one, R"({"a": {"b": "Eins {y}"}})"),
              de + ": a.b: has other arguments than in en.json");
    EXPECT_EQ(folder.fault(one, R"({"a": {"b": "Eins {x"}})").rfind(de + ": a.b: is no pattern", 0),
              0U);
    EXPECT_EQ(folder.fault(one, R"({"a": {"b": 1}})"), de + ": a.b: is no text");
    EXPECT_EQ(folder.fault(one, R"({"a": {"b": "Eins {x}", "b": "Zwei {x}"}})"),
              de + ": b: is there twice");
    EXPECT_EQ(folder.fault(one, R"({"a": {"b": "Eins {x}\u0007"}})"),
              de + ": a.b: holds what cannot be shown, or letters that are not composed");
    EXPECT_EQ(folder.fault(one, R"({"a": {"b": "Fu\u0308r {x}"}})"),
              de + ": a.b: holds what cannot be shown, or letters that are not composed");
    EXPECT_EQ(folder.fault(one, R"({"a": {"b": ""}})"), de + ": a.b: must have 1 to 600 bytes");
    EXPECT_EQ(folder.fault(one, R"({"a": {"b": "Eins {0}"}})"),
              de + ": a.b: arguments have names, not numbers");
    EXPECT_EQ(folder.fault(one, R"({"a": {"b": "{x, select, other {Eins}}"}})"),
              de + ": a.b: {x} is neither plain nor a plural");
    EXPECT_EQ(folder.fault(R"({"a": {"b": "{n, plural, one {#} other {#}}"}})",
                           R"({"a": {"b": "{n, plural, other {# Striche}}"}})"),
              de + ": a.b: the plural of {n} has no form 'one'");
}

TEST(Words, TheLanguageOfAMachineIsFound) {
    const std::vector<std::string> there{"de", "en", "fr"};
    using Wished = std::vector<std::string_view>;
    EXPECT_EQ(language_for(there, Wished{"de_AT.UTF-8"}), "de");
    EXPECT_EQ(language_for(there, Wished{"it_IT", "fr-CA"}), "fr");
    EXPECT_EQ(language_for(there, Wished{"", "C", "../en"}), "en");
    EXPECT_EQ(language_for(there, Wished{}), "en");
}

} // namespace
} // namespace haven::ui
