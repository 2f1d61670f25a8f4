#include "drawing_fixture.hpp"
#include "net/outbox/outbox.hpp"
#include "tests/support/process.hpp"

#include <cstdint>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <optional>
#include <sqlite3.h>
#include <stdexcept>
#include <string>
#include <vector>

/// Whose each drawing is, from its first sample until its owner's server has it.
namespace haven::outbox {
namespace {

using test::empty_out;
using test::end_of;
using test::log_in;
using test::numbered_account;
using test::numbered_drawing;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class Owners : public testing::Test {
  protected:
    Outbox open() {
        auto opened = Outbox::open(file);
        if (!opened) {
            throw std::runtime_error(opened.error().message);
        }
        return *std::move(opened);
    }

    static void draw(Outbox& outbox, std::uint32_t number) {
        const DrawingBegin begin = numbered_drawing(number);
        ASSERT_TRUE(outbox.begin_drawing(begin));
        ASSERT_TRUE(outbox.add_stroke(begin.drawing_id, test::numbered_stroke(0)));
        ASSERT_TRUE(outbox.finish_drawing(begin.drawing_id, end_of(begin)));
    }

    static Owner of(std::uint32_t person) {
        return {.kind = OwnerKind::account, .account = numbered_account(person)};
    }

    test::TempDirectory folder;
    std::filesystem::path file = folder.path() / "outbox.sqlite";
};

TEST_F(Owners, WhatWasDrawnUnderOneTokenWaitsForItsAccountAndGoesToNoOther) {
    {
        Outbox outbox = open();
        log_in(outbox, "token of 1", 1);
        draw(outbox, 1);
    }
    {
        Outbox outbox = open();
        log_in(outbox, "token of 2", 2);
        EXPECT_THAT(empty_out(outbox), IsEmpty());
        EXPECT_EQ(outbox.counts()->pending, 0);
        EXPECT_THAT(*outbox.waiting(), ElementsAre(Waiting{.owner = of(1), .drawings = 1}));
        draw(outbox, 2);
        EXPECT_THAT(empty_out(outbox), SizeIs(6)); // their own alone
    }
    Outbox outbox = open();
    log_in(outbox, "another token of 1", 1);
    EXPECT_THAT(*outbox.waiting(), IsEmpty());
    EXPECT_THAT(empty_out(outbox), SizeIs(6));
}

TEST_F(Owners, NothingIsGivenOutBeforeAServerSaidWhoseTheTokenIs) {
    Outbox outbox = open();
    log_in(outbox);
    draw(outbox, 1);
    EXPECT_TRUE(outbox.next_due(0)->has_value());
    ASSERT_TRUE(outbox.use_token("token"));
    EXPECT_FALSE(outbox.next_due(0)->has_value());
    EXPECT_EQ(outbox.counts()->pending, 6); // known to be theirs, from the last time
    ASSERT_TRUE(outbox.use_token(""));
    EXPECT_FALSE(outbox.next_due(0)->has_value());
}

TEST_F(Owners, WhoeverBearsATokenThatNoServerHasSeenIsTheOwnerWhenItIsKnownWhoThatIs) {
    Outbox outbox = open();
    ASSERT_TRUE(outbox.use_token("never seen"));
    draw(outbox, 1);
    log_in(outbox, "of somebody else", 2);
    EXPECT_THAT(empty_out(outbox), IsEmpty());
    EXPECT_THAT(*outbox.waiting(),
                ElementsAre(Waiting{.owner = {.kind = OwnerKind::bearer}, .drawings = 1}));
    log_in(outbox, "never seen", 1);
    EXPECT_THAT(empty_out(outbox), SizeIs(6));
}

TEST_F(Owners, TwoTokensOfOneAccountThatWereOfflineBothGo) {
    Outbox outbox = open();
    ASSERT_TRUE(outbox.use_token("on Monday"));
    draw(outbox, 1);
    ASSERT_TRUE(outbox.use_token("on Tuesday"));
    draw(outbox, 2);
    log_in(outbox, "on Tuesday", 1);
    EXPECT_THAT(empty_out(outbox), SizeIs(6));
    log_in(outbox, "on Monday", 1);
    EXPECT_THAT(empty_out(outbox), SizeIs(6));
}

TEST_F(Owners, WithoutATokenADrawingWaitsUntilSomebodySaysThatItIsTheirs) {
    Outbox outbox = open();
    draw(outbox, 1);
    draw(outbox, 2);
    log_in(outbox, "token of 2", 2);
    EXPECT_THAT(empty_out(outbox), IsEmpty());
    EXPECT_THAT(*outbox.waiting(), ElementsAre(Waiting{.owner = {}, .drawings = 2}));
    EXPECT_EQ(outbox.claim(numbered_drawing(2).drawing_id), 1);
    EXPECT_THAT(empty_out(outbox), SizeIs(6));
    EXPECT_EQ(outbox.claim(std::nullopt), 1);
    EXPECT_THAT(empty_out(outbox), SizeIs(6));
    EXPECT_THAT(*outbox.kept_drawings(), IsEmpty());
}

TEST_F(Owners, NobodyClaimsWhatIsAnAccountsOrWithoutNamingItWhatIsABearers) {
    Outbox outbox = open();
    log_in(outbox, "token of 1", 1);
    draw(outbox, 1);
    ASSERT_TRUE(outbox.use_token("never seen"));
    draw(outbox, 2);
    log_in(outbox, "token of 2", 2);
    EXPECT_EQ(outbox.claim(std::nullopt), 0);
    EXPECT_EQ(outbox.claim(numbered_drawing(1).drawing_id), 0);
    EXPECT_EQ(outbox.claim(numbered_drawing(3).drawing_id), 0); // there is none
    EXPECT_THAT(empty_out(outbox), IsEmpty());
    EXPECT_EQ(outbox.claim(numbered_drawing(2).drawing_id), 1);
    EXPECT_THAT(empty_out(outbox), SizeIs(6));
}

TEST_F(Owners, ADrawingCutOffByACrashStaysItsOwners) {
    {
        Outbox outbox = open();
        log_in(outbox, "token of 1", 1);
        ASSERT_TRUE(outbox.begin_drawing(numbered_drawing(1)));
    }
    Outbox outbox = open();
    log_in(outbox, "token of 2", 2);
    ASSERT_EQ(outbox.recover().finished.size(), 1U);
    EXPECT_THAT(empty_out(outbox), IsEmpty());
    log_in(outbox, "token of 1", 1);
    EXPECT_THAT(empty_out(outbox), SizeIs(6));
}

TEST_F(Owners, NoTokenAndNoIdOfAPersonIsReadInTheFileOrInWords) {
    const std::string token = "a-token-that-would-be-a-secret";
    {
        Outbox outbox = open();
        log_in(outbox, token, 1);
        draw(outbox, 1);
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        EXPECT_THAT(test::read_text(entry.path()), Not(HasSubstr(token))) << entry.path();
    }
    EXPECT_EQ(describe(of(1)), "for account ...00000001 of server ...00000001");
}

// ---- the outbox of a version that did not ask ----

void run_sql(const std::filesystem::path& file, const std::string& sql) {
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &connection), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(connection);
    sqlite3_close(connection);
}

TEST_F(Owners, AnOutboxOfVersion1KeepsEverythingAndGuessesNothing) {
    {
        Outbox outbox = open();
        draw(outbox, 1);
        ASSERT_TRUE(outbox.begin_drawing(numbered_drawing(2)));
    }
    run_sql(file, "DROP TABLE salt; DROP TABLE tokens; DROP TABLE belongs; DROP TABLE owners; "
                  "DROP TABLE set_aside; ALTER TABLE strokes DROP COLUMN removed_ms; "
                  "ALTER TABLE drawings DROP COLUMN recorded; "
                  "ALTER TABLE drawings DROP COLUMN told_us; "
                  "PRAGMA user_version = 1;");
    Outbox outbox = open();
    EXPECT_EQ(outbox.counts()->pending, 9); // nobody is here, and nobody said whose
    ASSERT_EQ(outbox.recover().finished.size(), 1U);
    log_in(outbox);
    EXPECT_THAT(empty_out(outbox), IsEmpty());
    EXPECT_THAT(*outbox.waiting(), ElementsAre(Waiting{.owner = {}, .drawings = 2}));
    EXPECT_EQ(outbox.claim(std::nullopt), 2);
    EXPECT_THAT(empty_out(outbox), SizeIs(12));
}

} // namespace
} // namespace haven::outbox
