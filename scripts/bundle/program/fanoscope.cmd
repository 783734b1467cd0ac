@echo off
rem Starts Fanoscope: without a command the window, else that command ("fanoscope --help" lists them). Updates bring
rem versions of their own; the file "current" beside them names the one that is started.
setlocal
set "program=%~dp0program"
set "version="
if exist "%~dp0versions\current" set /p version=<"%~dp0versions\current"
if defined version if exist "%~dp0versions\%version%\program\node.exe" set "program=%~dp0versions\%version%\program"
set "command="
if "%~1"=="" set "command=serve --open"
if "%~1"=="--workspace" set "command=serve --open"
if "%~1"=="--read-only" set "command=serve --open"
"%program%\node.exe" "%program%\out\main\cli.js" %command% %*
exit /b %errorlevel%
