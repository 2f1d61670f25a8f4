#include "server/store/db_error.hpp"
#include "server/store/migrations.hpp"
#include "server/store/param.hpp"
#include "server/store/transport.hpp"
#include "server/store/wire.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haven::test {

namespace {

using store::DbErrorKind;
using store::kind_of_sqlstate;
using store::Param;

TEST(DbError, SqlStatesSayWhatTheCallerCanDo) {
    EXPECT_EQ(kind_of_sqlstate("23505"), DbErrorKind::conflict);
    EXPECT_EQ(kind_of_sqlstate("23503"), DbErrorKind::violation);
    EXPECT_EQ(kind_of_sqlstate("23514"), DbErrorKind::violation);
    EXPECT_EQ(kind_of_sqlstate("22001"), DbErrorKind::violation);
    for (const char* temporary : {"40001", "40P01", "08006", "53300", "57P01", "57014", "55P03",
                                  "25006", "26000", "57P03", "25P03"}) {
        EXPECT_EQ(kind_of_sqlstate(temporary), DbErrorKind::retry) << temporary;
    }
    EXPECT_EQ(kind_of_sqlstate("HV403"), DbErrorKind::refused);
    EXPECT_EQ(kind_of_sqlstate("HV409"), DbErrorKind::refused);
    for (const char* ours : {"42601", "42P01", "XX000", "", "9"}) {
        EXPECT_EQ(kind_of_sqlstate(ours), DbErrorKind::bug) << ours;
    }
}

TEST(Transport, OnAnotherMachineTheDatabaseIsVerifiedOrNotCalled) {
    for (const char* here :
         {"postgresql:///haven", "postgresql://haven@/x?host=/run/postgresql&port=5432",
          "postgresql://haven@127.0.0.1:5432/x", "postgresql://haven@localhost/x",
          "postgresql://haven@[::1]/x", "host=db.example hostaddr=127.0.0.1 dbname=x",
          "postgresql://haven@192.0.2.1/x?sslmode=verify-full",
          "host=/tmp,127.0.0.1 dbname=x sslmode=prefer"}) {
        const auto safe = store::check_transport(here);
        EXPECT_TRUE(safe) << here << safe.error();
    }
    for (const char* exposed :
         {"postgresql://haven@192.0.2.1/x", "postgresql://haven@192.0.2.1/x?sslmode=require",
          "postgresql://haven@192.0.2.1/x?sslmode=verify-ca&sslrootcert=/nowhere",
          "host=localhost hostaddr=192.0.2.1 dbname=x", "host=127.0.0.1,192.0.2.1 dbname=x",
          "postgresql://haven@[2001:db8::1]/x?sslmode=disable",
          "host=127.0.0.1.example dbname=x"}) {
        const auto safe = store::check_transport(exposed);
        ASSERT_FALSE(safe) << exposed;
        EXPECT_TRUE(safe.error().contains("sslmode=verify-full")) << safe.error();
    }
}

TEST(Param, NumbersGoAsText) {
    EXPECT_EQ(Param(std::numeric_limits<std::int64_t>::min()).value(), "-9223372036854775808");
    EXPECT_EQ(Param(std::int16_t{-7}).value(), "-7");
    EXPECT_EQ(Param(true).value(), "t");
    EXPECT_EQ(Param(0.1).value(), "0.1");
    EXPECT_EQ(Param(std::numeric_limits<double>::lowest()).value(), "-1.7976931348623157e+308");
}

TEST(Param, TimesAreBigEndianMicrosecondsSince2000) {
    const Param millennium = store::time_us(store::epoch_2000_us + 258);
    EXPECT_TRUE(millennium.is_binary());
    EXPECT_EQ(millennium.value(), std::string_view("\0\0\0\0\0\0\1\2", 8));
}

TEST(Param, TheEndsOfTheIntegerAreTimesWithoutAnEnd) {
    using Limits = std::numeric_limits<std::int64_t>;
    EXPECT_EQ(store::time_us(Limits::max()).value(),
              std::string_view("\x7f\xff\xff\xff\xff\xff\xff\xff", 8));
    EXPECT_EQ(store::time_us(Limits::min()).value(), std::string_view("\x80\0\0\0\0\0\0\0", 8));
}

TEST(Param, AnEmptyOptionalIsNull) {
    EXPECT_TRUE(Param(std::optional<std::string>()).is_null());
    EXPECT_FALSE(Param(std::optional<std::string>("")).is_null());
    EXPECT_TRUE(store::time_us(std::optional<std::int64_t>()).is_null());
}

TEST(WireParams, UnterminatedTextIsCopiedUpToItsEnd) {
    const std::string text = "one two";
    const std::vector<Param> params{Param(std::string_view(text).substr(0, 3)), Param(text)};
    const auto wire = store::WireParams::make(params);
    ASSERT_TRUE(wire);
    EXPECT_STREQ(wire->values()[0], "one");
    EXPECT_EQ(wire->values()[1], text.c_str()) << "copied without need";
}

TEST(Migrations, AreNumberedFromOneWithoutAGap) {
    int expected = 1;
    for (const store::Migration& migration : store::embedded_migrations()) {
        EXPECT_EQ(migration.version, expected++);
        EXPECT_FALSE(migration.sql.empty());
    }
    EXPECT_GE(expected, 3);
    EXPECT_EQ(store::embedded_migrations().front().name, "seed");
}

} // namespace

} // namespace haven::test
