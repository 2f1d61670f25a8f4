// The list of passwords that leaked: what is found in it, and what is no such list.
#include "server/auth/breached_passwords.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <format>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace haven::test {
namespace {

using auth::BreachedPasswords;

// SHA-1 of "password", "123456" and "letmein", as the public lists have them.
constexpr std::string_view letmein = "B7A875FC1EA228B9061041B7CEC4BD3C52AB3CE3";
constexpr std::string_view password = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8";
constexpr std::string_view digits = "7C4A8D09CA3762AF61E59520943DC26494F8941B";

class LeakedList : public ::testing::Test {
  protected:
    std::filesystem::path file(std::string_view text) const {
        const auto path = directory.path() / "leaked.txt";
        write_text(path, text);
        return path;
    }
    std::string fault(std::string_view text) const {
        const auto list = BreachedPasswords::open(file(text));
        return list ? "" : list.error();
    }
    const TempDirectory directory;
};

TEST_F(LeakedList, WhatIsInItIsFoundInEachFormOfLine) {
    for (const char* end : {"\n", "\r\n", ":1\n", ":52256179\r\n"}) {
        const auto list = BreachedPasswords::open(
            file(std::format("{1}{0}{2}{0}{3}{0}", end, password, digits, letmein)));
        ASSERT_TRUE(list) << list.error();
        for (const char* in : {"password", "123456", "letmein"}) {
            EXPECT_EQ((*list)->contains(in), true) << in << end;
        }
        for (const char* out : {"", "Password", "quiet-harbour-lamp", "1234567"}) {
            EXPECT_EQ((*list)->contains(out), false) << out << end;
        }
    }
    const auto one = BreachedPasswords::open(file(password)); // and no end of its line
    ASSERT_TRUE(one) << one.error();
    EXPECT_EQ((*one)->contains("password"), true);
    EXPECT_EQ((*one)->contains("letmein"), false);
}

TEST_F(LeakedList, EachLineOfAManyIsFoundAndNoneBetweenThem) {
    std::vector<std::string> lines;
    constexpr int count = 1000;
    for (int i = 0; i < count; ++i) {
        // Of various lengths, spread as hashes are.
        lines.push_back(std::format("{:08X}{:032X}{}\n", i * 4'290'000U, i,
                                    i % 3 == 0 ? ":" + std::to_string(i * i) : ""));
    }
    lines.push_back(std::string(letmein) + ":3\n");
    std::ranges::sort(lines);
    std::string text;
    for (const std::string& line : lines) {
        text += line;
    }
    const auto list = BreachedPasswords::open(file(text));
    ASSERT_TRUE(list) << list.error();
    EXPECT_EQ((*list)->contains("letmein"), true);
    EXPECT_EQ((*list)->contains("password"), false);
}

TEST_F(LeakedList, WhatIsNoSuchListIsRefusedWithItsLine) {
    const std::string name = (directory.path() / "leaked.txt").string();
    const std::string good = std::string(password) + "\n" + std::string(digits) + ":2\n";
    EXPECT_EQ(fault(good), "");
    EXPECT_TRUE(fault("").contains("no line"));
    for (const std::string& third :
         {std::string("letmein"), std::string(letmein.substr(1)), std::string(letmein) + ":",
          std::string(letmein) + ":many", std::string(letmein) + " 3", std::string(),
          std::string("b7a875fc1ea228b9061041b7cec4bd3c52ab3ce3"), std::string(500, 'A')}) {
        EXPECT_TRUE(fault(good + third + "\n").starts_with(name + ":3: expected SHA-1"))
            << third << ": " << fault(good + third + "\n");
    }
    const std::string wrong_order = good + std::string(password) + "\n";
    EXPECT_TRUE(fault(wrong_order).starts_with(name + ":3: comes before the line above"))
        << fault(wrong_order);
    EXPECT_TRUE(BreachedPasswords::open(directory.path()).error().contains("no line"));
    EXPECT_FALSE(BreachedPasswords::open(directory.path() / "none"));
}

TEST_F(LeakedList, WhatIsCutShortOrReplacedLaterIsAnError) {
    const auto path = file(std::string(password) + "\n" + std::string(digits) + "\n");
    const auto list = BreachedPasswords::open(path);
    ASSERT_TRUE(list);
    std::filesystem::resize_file(path, 10);
    EXPECT_FALSE((*list)->contains("password"));
    write_text(path, std::string(200, 'x'));
    EXPECT_FALSE((*list)->contains("password"));
}

TEST_F(LeakedList, BehindItsFirstPartALargeOneIsLookedAtInManyPlaces) {
    const auto path = directory.path() / "large.txt";
    constexpr unsigned lines = 1'700'000; // of 41 bytes: more than is read line by line
    {
        std::ofstream out(path);
        for (unsigned i = 0; i < lines; ++i) {
            out << std::format("{:08X}{:032X}\n", i, i);
        }
    }
    ASSERT_GT(std::filesystem::file_size(path), std::size_t{64} << 20U);
    EXPECT_TRUE(BreachedPasswords::open(path));
    {
        std::ofstream out(path, std::ios::app);
        for (unsigned i = 0; i < lines / 100; ++i) {
            out << std::format("{:08X}{:032X}\n", i, i);
        }
    }
    const auto list = BreachedPasswords::open(path);
    ASSERT_FALSE(list);
    EXPECT_TRUE(list.error().contains("comes before others above it")) << list.error();
}

} // namespace
} // namespace haven::test
