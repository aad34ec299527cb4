# One place for warnings, sanitizers and the way targets and tests are declared.

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
if(BOUNCED_TIDY)
  find_program(CLANG_TIDY clang-tidy REQUIRED)
endif()

add_library(bounced_flags INTERFACE)
target_compile_options(bounced_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
target_include_directories(bounced_flags INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
if(BOUNCED_ASSERTIONS)
  target_compile_definitions(bounced_flags INTERFACE _GLIBCXX_ASSERTIONS)
endif()
if(BOUNCED_FAILPOINTS)
  target_compile_definitions(bounced_flags INTERFACE BOUNCED_FAILPOINTS)
endif()
if(BOUNCED_SANITIZE)
  add_compile_options(-fsanitize=${BOUNCED_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${BOUNCED_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # GCC 12 sees overlapping copies in std::string's own code (GCC bug 105651), more of them when it instruments.
    target_compile_options(bounced_flags INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
  endif()
endif()

# bounced_room(NAME SOURCES … LINKS …): a room of the house as a static library.
function(bounced_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(${name} STATIC ${ROOM_SOURCES})
  target_link_libraries(${name} PUBLIC ${ROOM_LINKS} PRIVATE bounced_flags ${ROOM_PRIVATE_LINKS})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  if(BOUNCED_TIDY)
    set_target_properties(${name} PROPERTIES CXX_CLANG_TIDY "${CLANG_TIDY}")
  endif()
endfunction()

# bounced_test(NAME SOURCES … LINKS …): a doctest program, run by ctest.
function(bounced_test name)
  cmake_parse_arguments(T "" "TIMEOUT" "SOURCES;LINKS;LABELS" ${ARGN})
  add_executable(${name} ${T_SOURCES})
  target_link_libraries(${name} PRIVATE bounced_flags bounced_doctest ${T_LINKS})
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 60)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${T_TIMEOUT} LABELS "unit;${T_LABELS}")
endfunction()

# bounced_embed(TARGET OUT FILE…): compiles files in as `std::string_view`s, listed in an array of {name, text}.
function(bounced_embed target out)
  set(body "")
  foreach(file ${ARGN})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} text HEX)
    string(REGEX REPLACE "(................................................................)" "\\1@" text "${text}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" text "${text}")
    string(REPLACE "@" "\"\n        \"" text "${text}")
    file(SIZE ${file} size)
    file(RELATIVE_PATH name ${CMAKE_CURRENT_SOURCE_DIR} ${file})
    string(APPEND body "    EmbeddedFile{\"${name}\", std::string_view(\"${text}\", ${size})},\n")
  endforeach()
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/${out}.hpp CONTENT
"#pragma once
#include <array>
#include <string_view>
#ifndef BOUNCED_EMBEDDED_FILE
#define BOUNCED_EMBEDDED_FILE
namespace bounced {
struct EmbeddedFile { std::string_view name; std::string_view text; };
}
#endif
namespace bounced {
inline constexpr std::array ${out}{
${body}};
}
" @ONLY)
  target_include_directories(${target} PRIVATE ${PROJECT_BINARY_DIR}/generated)
endfunction()

# bounced_fuzzer(NAME SOURCE … LINKS …): a libFuzzer program fuzz_NAME; its seeds are tests/fuzz/seeds/NAME/, its words NAME.dict.
function(bounced_fuzzer name)
  cmake_parse_arguments(F "" "SOURCE" "LINKS" ${ARGN})
  add_executable(fuzz_${name} ${F_SOURCE})
  target_link_libraries(fuzz_${name} PRIVATE bounced_flags ${F_LINKS})
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
endfunction()
