using System.Diagnostics;
using System.Text.Json;

namespace Cellpose3D.Viewer.Tests.Browser;

/// <summary>The page's modules: their types, and their keyboard profiles.</summary>
public sealed class FrontTypeTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Front");

    [Fact]
    public void Modules_HaveTheTypesTheirCommentsSay()
    {
        string? tsc = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(f => f.Length > 0).Select(f => Path.Combine(f, "tsc")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(tsc is null, "there is no TypeScript on the PATH; as root: apt-get install node-typescript");
        var start = new ProcessStartInfo(tsc!) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string word in "--checkJs --allowJs --noEmit --strict --target es2022 --module es2022 --moduleResolution node --lib es2022,dom,dom.iterable".Split(' '))
            start.ArgumentList.Add(word);
        foreach (string file in Directory.GetFiles(Folder, "*.js"))
            start.ArgumentList.Add(file);

        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.Equal("", output.Trim());
        Assert.Equal(0, process.ExitCode);
    }

    [Theory]
    [InlineData("cellpose3d")]
    [InlineData("cellpose")]
    [InlineData("napari")]
    public void Profiles_GiveEachKeyToOneAction_AndTheSameActionsAsTheFirst(string name)
    {
        Dictionary<string, string[]> first = Keys("cellpose3d"), keys = Keys(name);

        string[] all = [.. keys.Values.SelectMany(k => k)];
        Assert.Equal(all.Distinct(), all);
        Assert.Empty(keys.Keys.Except(first.Keys));
        Assert.DoesNotContain(keys, k => k.Value.Length == 0);
    }

    private static Dictionary<string, string[]> Keys(string name)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, $"keys-{name}.json")));
        return json.RootElement.GetProperty("keys").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.EnumerateArray().Select(k => k.GetString()!).ToArray());
    }
}
