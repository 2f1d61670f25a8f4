// Letters as they are written: messages by RFC 5322, texts in every language.
#include "server/mail/delivery.hpp"
#include "server/mail/message.hpp"
#include "server/mail/texts.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::mail {
namespace {

using namespace std::chrono_literals;

const From from{.name = "Haven", .address = "mail@clinic.example"};

Contents contents(std::string subject, std::string body = "A word.\n",
                  std::string to = "ann@example.org") {
    return {.id = "some-id",
            .to = std::move(to),
            .subject = std::move(subject),
            .body = std::move(body),
            .now = std::chrono::sys_days(std::chrono::year{2026} / 11 / 30) + 14h + 5min + 9s};
}

std::string composed(const Contents& of) {
    const auto message = compose(from, of);
    return message ? message->content : "";
}

TEST(Mail, AMessageIsThisToTheByte) {
    EXPECT_EQ(composed(contents("Hello", "One = one.\nf\xC3\xBCr\n.\nends in a space \n")),
              "Date: Mon, 30 Nov 2026 14:05:09 +0000\r\n"
              "From: \"Haven\" <mail@clinic.example>\r\n"
              "To: <ann@example.org>\r\n"
              "Subject: Hello\r\n"
              "Message-ID: <some-id@clinic.example>\r\n"
              "Auto-Submitted: auto-generated\r\n"
              "MIME-Version: 1.0\r\n"
              "Content-Type: text/plain; charset=utf-8\r\n"
              "Content-Transfer-Encoding: quoted-printable\r\n"
              "\r\n"
              "One =3D one.\r\n"
              "f=C3=BCr\r\n"
              "=2E\r\n"
              "ends in a space=20\r\n");
}

TEST(Mail, NoLineIsLongerThan76AndNoCharacterIsSplit) {
    std::string body;
    std::string subject;
    for (int i = 0; i < 60; ++i) {
        body += "\xE2\x82\xAC or \xF0\x9F\x8C\x8A ";
        subject += "\xE2\x82\xAC\xC3\xA9x";
    }
    const std::string message = composed(contents(subject, body + "\n"));
    for (std::size_t at = 0; at < message.size();) {
        const std::size_t end = message.find("\r\n", at);
        ASSERT_NE(end, std::string::npos);
        const std::string_view line = std::string_view(message).substr(at, end - at);
        EXPECT_LE(line.size(), 76U) << line;
        if (const std::size_t word = line.find("=?utf-8?q?"); word != std::string_view::npos) {
            EXPECT_EQ(line.substr(line.size() - 2), "?=") << line;
            EXPECT_EQ(line.substr(word + 10, 1) == "=" && line[word + 11] == '8', false)
                << "begins in the middle of a character: " << line;
        }
        at = end + 2;
    }
}

TEST(Mail, NoTextBeginsAnotherHeader) {
    const std::string message =
        composed(contents("A\r\nBcc: thief@example.org", "\r\n\r\n.\r\nRCPT TO:<thief>\n"));
    EXPECT_FALSE(message.contains("\r\nBcc")) << message;
    EXPECT_TRUE(message.contains("=0D")) << message;
    EXPECT_EQ(composed(contents("A", "B", "ann@example.org>\r\nBcc: <thief@example.org")), "");
    EXPECT_EQ(composed(contents("A", "B", "\"a\r\nBcc: b\"@example.org")), "");
    EXPECT_FALSE(parse_from("Haven\r\nBcc: x <mail@clinic.example>"));
    EXPECT_TRUE(composed(contents("A", "B", "\"a b\"@example.org")).contains("To: <\"a b\"@"));
}

TEST(Mail, ASenderIsANameAndAnAddressOrAnAddress) {
    EXPECT_EQ(parse_from("mail@clinic.example")->address, "mail@clinic.example");
    EXPECT_EQ(parse_from("The Clinic <mail@b\xC3\xBC"
                         "cher.example>")
                  ->address,
              "mail@xn--bcher-kva.example");
    EXPECT_EQ(parse_from("The Clinic <mail@clinic.example>")->name, "The Clinic");
    for (const char* none : {"", "mail", "<>", "A <b", "A <b@c> d", "@clinic.example"}) {
        EXPECT_FALSE(parse_from(none)) << none;
    }
    EXPECT_TRUE(compose(*parse_from("\"A\" \\ B <m@c.example>"), contents("A"))
                    ->content.contains(R"(From: "\"A\" \\ B" <m@c.example>)"));
}

TEST(Mail, EveryLetterIsThereInEveryLanguage) {
    for (const std::string_view kind : kinds()) {
        const Text english = text_of(kind, "en", "the-code", "");
        for (const char* language : {"en", "de", "es", "fr"}) {
            const Text text = text_of(kind, language, "the-code", "");
            EXPECT_FALSE(text.subject.empty()) << kind << language;
            EXPECT_FALSE(text.body.contains('{')) << text.body;
            EXPECT_EQ(text.body.contains("\n    the-code\n"),
                      english.body.contains("\n    the-code\n"))
                << kind << language;
            EXPECT_EQ(text.subject == english.subject, std::string_view(language) == "en") << kind;
            const Text link = text_of(kind, language, "the-code", "https://j.example/");
            std::string page(kind);
            std::ranges::replace(page, '_', '-');
            EXPECT_EQ(link.body.contains("\nhttps://j.example/" + page + "#token=the-code\n"),
                      english.body.contains("the-code"))
                << link.body;
        }
        EXPECT_EQ(text_of(kind, "pt", "c", "").body, text_of(kind, "en", "c", "").body);
        EXPECT_EQ(text_of(kind, "de-AT", "c", "").body, text_of(kind, "de", "c", "").body);
        EXPECT_EQ(text_of(kind, "", "c", "").body, text_of(kind, "en", "c", "").body);
    }
}

TEST(Mail, WhatMayBeEndedSaysSoInItsHeadAndAtItsEnd) {
    Contents ended = contents("Hello");
    EXPECT_FALSE(composed(ended).contains("List-Unsubscribe"));
    ended.unsubscribe_url = "https://haven.example/v1/unsubscriptions/x.reminder.y";
    EXPECT_TRUE(composed(ended).contains(
        "\r\nList-Unsubscribe: <https://haven.example/v1/unsubscriptions/x.reminder.y>\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
    for (const char* kind : {"notice", "reminder"}) {
        for (const char* language : {"en", "de", "es", "fr"}) {
            EXPECT_TRUE(text_of(kind, language, "x.y", "https://j.example/")
                            .body.ends_with("\n\nhttps://j.example/unsubscribe#token=x.y\n"))
                << kind << language;
            EXPECT_FALSE(text_of(kind, language, "x.y", "").body.contains("x.y"));
        }
    }
}

TEST(Mail, AReminderIsInEveryLanguage) {
    const std::vector<Reminder> all = reminders();
    ASSERT_EQ(all.size(), 4U);
    for (const Reminder& reminder : all) {
        EXPECT_EQ(reminder.text.subject, text_of("reminder", reminder.language, "", "").subject);
        EXPECT_FALSE(reminder.text.body.empty() || reminder.text.body.ends_with('\n'));
    }
}

TEST(Mail, OnlyWhatIsNamedThisMachineIsIt) {
    for (const char* here : {"smtp://localhost", "smtp://localhost:25", "smtp://127.0.0.1:25/x",
                             "smtp://127.1.2.3", "smtp://[::1]:25"}) {
        EXPECT_TRUE(is_loopback(here)) << here;
    }
    for (const char* elsewhere :
         {"smtp://mail.example", "smtp://localhost.example", "smtp://127.0.0.1.example",
          "smtp://10.0.0.1", "smtp://[2001:db8::1]", "smtp://mail.localhost",
          "smtp:///127.0.0.1"}) {
        EXPECT_FALSE(is_loopback(elsewhere)) << elsewhere;
    }
}

TEST(Mail, ASpooledMessageIsThereWholeForItsOwnerAlone) {
    const test::TempDirectory directory;
    const auto delivery = spool(directory.path() / "mail");
    ASSERT_TRUE(delivery);
    const auto message = compose(from, contents("Hello"));
    for (int i = 0; i < 2; ++i) { // once more is the same file
        EXPECT_EQ((*delivery)->deliver(*message).outcome, Delivered::Outcome::sent);
    }
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path() / "mail")) {
        ++files;
        EXPECT_EQ(test::read_text(entry.path()), message->content);
        EXPECT_EQ(entry.status().permissions(),
                  std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    }
    EXPECT_EQ(files, 1U);
    std::filesystem::remove_all(directory.path() / "mail");
    const Delivered failed = (*delivery)->deliver(*message);
    EXPECT_EQ(failed.outcome, Delivered::Outcome::later);
    EXPECT_FALSE(failed.why.contains("ann@example.org")) << failed.why;
}

} // namespace
} // namespace haven::mail
