#include "xr_app/outbox_command.hpp"

#include "bilateral/stroke.hpp"
#include "bilateral/uuid_v7.hpp"
#include "net/outbox/outbox.hpp"
#include "tests/support/process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace haven {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class OutboxCommand : public testing::Test {
  protected:
    outbox::Outbox open() const {
        auto opened = outbox::Outbox::open(folder.path() / "haven.sqlite");
        if (!opened) {
            throw std::runtime_error(opened.error().message);
        }
        return *std::move(opened);
    }

    static Uuid draw(outbox::Outbox& outbox) {
        const outbox::DrawingBegin begin{.session_id = make_uuid_v7(),
                                         .exercise_id = make_uuid_v7(),
                                         .vr_session_id = make_uuid_v7(),
                                         .drawing_id = make_uuid_v7()};
        EXPECT_TRUE(outbox.begin_drawing(begin));
        EXPECT_TRUE(outbox.finish_drawing(begin.drawing_id, {}));
        return begin.drawing_id;
    }

    CommandResult run(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "outbox");
        if (arguments.size() > 1 && !arguments[1].starts_with("--")) {
            arguments.insert(arguments.end(), {"--data", folder.path().string()});
        }
        std::vector<const char*> line;
        for (const std::string& argument : arguments) {
            line.push_back(argument.c_str());
        }
        return run_outbox_command(static_cast<int>(line.size()), line.data());
    }

    std::string token_file() const {
        const auto file = folder.path() / "token";
        test::write_text(file, "a-token\n");
        return file.string();
    }

    test::TempDirectory folder;
};

TEST_F(OutboxCommand, ListsEachDrawingAndForWhomItWaits) {
    EXPECT_THAT(run({"list"}).text, HasSubstr("Nothing waits"));
    Uuid of_nobody;
    Uuid of_bearer;
    {
        outbox::Outbox outbox = open();
        of_nobody = draw(outbox);
        ASSERT_TRUE(outbox.use_token("a-token"));
        of_bearer = draw(outbox);
    }
    const CommandResult listed = run({"list"});
    EXPECT_EQ(listed.exit_code, 0);
    EXPECT_THAT(listed.text,
                AllOf(HasSubstr(to_string(of_nobody) + "  nobody has said whose"),
                      HasSubstr(to_string(of_bearer) + "  for whoever was logged in")));
}

TEST_F(OutboxCommand, ListsWhatWasSetAsideAndWhy) {
    const Uuid drawing = make_uuid_v7();
    ASSERT_TRUE(open().set_aside(drawing, "stroke", {}, "too large"));
    EXPECT_THAT(run({"list"}).text, HasSubstr(to_string(drawing) + "  set aside whole, and not "
                                                                   "sent: stroke (too large)"));
}

TEST_F(OutboxCommand, ClaimsWhatNobodySaidWhoseItIs) {
    {
        outbox::Outbox outbox = open();
        draw(outbox);
        draw(outbox);
    }
    const CommandResult claimed = run({"claim", "--all", "--token-file", token_file()});
    EXPECT_EQ(claimed.exit_code, 0);
    EXPECT_THAT(claimed.text, AllOf(HasSubstr("2 drawings are"), Not(HasSubstr("a-token"))));
    EXPECT_THAT(run({"claim", "--all", "--token-file", token_file()}).text,
                HasSubstr("Nothing was changed"));
}

TEST_F(OutboxCommand, AsksWhichAndByWhomBeforeItChangesAnything) {
    {
        outbox::Outbox outbox = open();
        draw(outbox);
    }
    for (const std::vector<std::string>& wrong :
         {std::vector<std::string>{"claim", "--token-file", token_file()},
          {"claim", "--all"},
          {"claim", "--all", "--drawing", to_string(make_uuid_v7()), "--token-file", token_file()},
          {"claim", "--drawing", "mine", "--token-file", token_file()},
          {"claim", "--all", "--token-file", (folder.path() / "none").string()},
          {"give"},
          {}}) {
        const CommandResult result = run(wrong);
        EXPECT_EQ(result.exit_code, 2) << result.text;
        EXPECT_FALSE(result.text.empty());
    }
    EXPECT_THAT(run({"list"}).text, HasSubstr("nobody has said whose"));
    EXPECT_EQ(run({"--help"}).exit_code, 0);
}

} // namespace
} // namespace haven
