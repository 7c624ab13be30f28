using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Cellpose3D.Cli.Reporting;

/// <summary>
/// Where a command says things: results on standard output, everything else on standard error; a progress bar on a
/// terminal, plain lines elsewhere; one JSON object on standard output with <c>--json</c>; no progress and no notes with <c>--quiet</c>.
/// </summary>
internal sealed class Reporter(bool json, bool quiet)
{
    // names and paths as they are, not as \uXXXX: this is read by people and JSON readers, never pasted into a web page
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly IAnsiConsole _error = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>Whether the result goes out as one JSON object.</summary>
    public bool Json { get; } = json;

    /// <summary>Whether only errors are said.</summary>
    public bool Quiet { get; } = quiet;

    /// <summary>A line about what is going on.</summary>
    public void Info(string line)
    {
        if (!Quiet)
            Console.Error.WriteLine(line);
    }

    /// <summary>A line the user should act on or know of.</summary>
    public void Warn(string line)
    {
        if (!Quiet)
            Console.Error.WriteLine($"warning: {line}");
    }

    /// <summary>The one line of an error.</summary>
    public static void Error(string line) => Console.Error.WriteLine($"cellpose3d: {line}");

    /// <summary>The result of the command as text; nothing with <c>--json</c>.</summary>
    public void Result(string text)
    {
        if (!Json)
            Console.Out.WriteLine(text);
    }

    /// <summary>A table as the result; nothing with <c>--json</c>.</summary>
    public void Result(Table table) => Result(console => console.Write(table));

    /// <summary>A result drawn on the terminal; nothing with <c>--json</c>.</summary>
    public void Result(Action<IAnsiConsole> draw)
    {
        if (Json)
            return;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected)
            console.Profile.Width = 160;    // a pipe has no width; 80 would break the rows
        draw(console);
    }

    /// <summary>The result as one JSON object; nothing without <c>--json</c>.</summary>
    public void ResultJson(JsonNode result)
    {
        if (Json)
            Console.Out.WriteLine(result.ToJsonString(Indented));
    }

    /// <summary>Runs work with a progress display of <paramref name="total"/> units.</summary>
    /// <param name="what">Shown beside the bar.</param>
    /// <param name="total">Number of units, for example images.</param>
    /// <param name="work">Receives the display.</param>
    public void WithProgress(string what, int total, Action<IProgressDisplay> work)
    {
        if (Quiet || !_error.Profile.Capabilities.Interactive || Console.IsErrorRedirected)
        {
            work(new PlainProgress(what, total, Quiet));
            return;
        }
        _error.Progress().AutoClear(false).HideCompleted(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new SpinnerColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(what), maxValue: Math.Max(1, total));
                work(new BarProgress(what, total, task));
            });
    }

    // a line when a unit is done, and one every half minute while a long one runs
    private sealed class PlainProgress(string what, int total, bool quiet) : IProgressDisplay
    {
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

        private readonly Stopwatch _sinceLine = Stopwatch.StartNew(), _sinceBegin = Stopwatch.StartNew();
        private string _unit = "";

        public void Begin(int unit, string name)
        {
            _unit = string.Create(CultureInfo.InvariantCulture, $"{what} {unit + 1}/{total}: {name}");
            _sinceLine.Restart();
            _sinceBegin.Restart();
        }

        public void Report(float fraction)
        {
            if (quiet || _sinceLine.Elapsed < Pause)
                return;
            _sinceLine.Restart();
            string left = fraction < 0.01f ? "" : string.Create(CultureInfo.InvariantCulture, $", about {Duration(_sinceBegin.Elapsed * ((1 - fraction) / fraction))} left");
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_unit}: {100 * fraction:f0} %{left}"));
        }

        public void Done(int unit, string line)
        {
            if (!quiet)
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {unit + 1}/{total}: {line}"));
        }
    }

    /// <summary>A length of time in words.</summary>
    public static string Duration(TimeSpan time) => time.TotalMinutes < 2
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:f0} s")
        : time.TotalHours < 2 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:f0} min") : string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:f1} h");

    private sealed class BarProgress(string what, int total, ProgressTask task) : IProgressDisplay
    {
        private int _unit;

        public void Begin(int unit, string name)
        {
            _unit = unit;
            task.Description = Markup.Escape(string.Create(CultureInfo.InvariantCulture, $"{what} {unit + 1}/{total} {name}"));
        }

        public void Report(float fraction) => task.Value = _unit + fraction;

        public void Done(int unit, string line) => task.Value = unit + 1;
    }
}
