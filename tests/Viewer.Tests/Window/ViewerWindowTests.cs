using System.Diagnostics;
using Cellpose3D.Viewer.Coloring;
using Cellpose3D.Viewer.Contexts;
using Cellpose3D.Viewer.Rendering;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Viewer.Window;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Tests.Window;

/// <summary>A real window on a display of its own, worked by another program. GLFW reads the display once, so each window has its own process.</summary>
public sealed class ViewerWindowTests : IDisposable
{
    private const string FolderVariable = "CELLPOSE3D_TEST_WINDOW", Title = "cellpose3d test window";
    private const int Width = 400, Height = 300;

    /// <summary>Far beyond any run here; a busy machine must not fail a test.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly string _folder = Directory.CreateTempSubdirectory("cellpose3d-window-").FullName;
    private readonly List<Process> _started = [];

    public void Dispose()
    {
        foreach (Process process in Enumerable.Reverse(_started))
        {
            if (!process.HasExited)
                process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Run_WorkedByMouseAndKeys_ShowsWhatIsAskedFor_AndEnds()
    {
        Require("Xvfb", "xdotool");
        string display = StartDisplay();
        Process child = StartChild(display);
        SceneState first = Next(0);
        string window = Tool(display, "search", "--sync", "--name", Title).Split('\n')[0];
        Tool(display, "windowfocus", "--sync", window);

        Tool(display, "mousemove", "--window", window, "100", "150", "mousedown", "1", "mousemove_relative", "--sync", "100", "0", "mouseup", "1");
        SceneState turned = Wait(s => s.Camera.Azimuth != first.Camera.Azimuth);
        Tool(display, "key", "z");
        SceneState deeper = Wait(s => s.Cursor.Z == first.Cursor.Z + 1);
        Tool(display, "click", "4");
        SceneState nearer = Wait(s => s.Camera.HeightUm < deeper.Camera.HeightUm);
        Tool(display, "mousemove", "--window", window, "200", "150", "click", "1");
        SceneState selected = Wait(s => s.Labels!.Selected.Count == 1);
        Tool(display, "key", "t");
        SceneState later = Wait(s => s.Time == 1);
        Tool(display, "key", "s");
        Tool(display, "key", "q");

        Assert.True(child.WaitForExit(Patience), "the window did not end");
        Assert.Equal(0, child.ExitCode);
        Assert.Equal(first.Camera.Azimuth + 45, turned.Camera.Azimuth, 1);         // a quarter of the window, which is half a turn
        Assert.Equal(deeper.Camera.HeightUm / 1.15, nearer.Camera.HeightUm, 6);
        Assert.Equal([7u], selected.Labels!.Selected);
        Assert.Equal(Expected(later), File.ReadAllBytes(Path.Combine(_folder, "cellpose3d-0001.png")));
    }

    [Fact]
    public void Run_WithoutADisplay_SaysSoInOneLine()
    {
        Require();
        Process child = StartChild("");

        Assert.True(child.WaitForExit(Patience), "the child did not end");

        string error = File.ReadAllText(Path.Combine(_folder, "error"));
        Assert.Contains("a display is needed", error);
        Assert.DoesNotContain('\n', error);
    }

    /// <summary>What the other process runs; explicit, so that no ordinary test run does.</summary>
    [Fact(Explicit = true)]
    public void Child_ShowsAWindow()
    {
        string folder = Environment.GetEnvironmentVariable(FolderVariable) ?? throw new InvalidOperationException($"{FolderVariable} must name a folder.");
        int drawn = 0;
        try
        {
            ViewerWindow.Run(Scene, new WindowOptions
            {
                Title = Title, Width = Width, Height = Height, PictureFolder = folder,
                Drawn = scene =>
                {
                    string path = Path.Combine(folder, $"scene{drawn++}");
                    File.WriteAllText(path + ".now", SceneJson.Write(scene));
                    File.Move(path + ".now", path);
                },
            }, Load);
        }
        catch (GlContextException e)
        {
            File.WriteAllText(Path.Combine(folder, "error"), e.Message);
        }
    }

    private static SceneState Scene => Phantoms.Scene(new VolumeShape(20, 20, 20), aspect: (double)Width / Height) with
    {
        Frames = 2, Labels = new LabelLayer(), Decorations = new Decorations(ScaleBar: true),
    };

    private static void Load(SceneRenderer renderer, int time)
    {
        LabelVolume labels = Phantoms.Labels(20, 20, 20, (z, y, x) => Math.Pow(z - 9.5, 2) + Math.Pow(y - 9.5, 2) + Math.Pow(x - 9.5, 2) <= 64 - 20 * time ? 7u : 0);
        renderer.SetLabels(labels);
        renderer.Colors = labels.Ids().ToDictionary(id => id, id => LabelPalette.OfId(id));
    }

    private static void Require(params string[] tools)
    {
        Assert.SkipUnless(System.Runtime.InteropServices.NativeLibrary.TryLoad("libglfw.so.3", out _), "libglfw.so.3 is not there (as root: apt-get install libglfw3)");
        foreach (string tool in tools)
        {
            bool isThere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, tool)));
            Assert.SkipUnless(isThere, $"{tool} is not on the PATH (as root: apt-get install xvfb xdotool)");
        }
    }

    // pixels of a window on software OpenGL are those without one
    private static byte[] Expected(SceneState scene)
    {
        using GlThread thread = GlThread.OpenHeadless();
        return thread.Invoke(device =>
        {
            using var renderer = new SceneRenderer(device);
            Load(renderer, scene.Time);
            return renderer.Render(scene, Width, Height).ToPng();
        });
    }

    private string StartDisplay()
    {
        Process server = Start(new ProcessStartInfo("Xvfb") { ArgumentList = { "-displayfd", "1", "-screen", "0", "800x600x24", "-nolisten", "tcp" }, RedirectStandardOutput = true, RedirectStandardError = true });
        string? number = server.StandardOutput.ReadLine();
        Assert.SkipWhen(string.IsNullOrWhiteSpace(number), "Xvfb does not start here");
        return $":{number}";
    }

    private Process StartChild(string display)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList = { "--explicit", "only", "--filter-method", $"*{nameof(ViewerWindowTests)}.{nameof(Child_ShowsAWindow)}" },
            Environment = { [FolderVariable] = _folder, ["DISPLAY"] = display, ["WAYLAND_DISPLAY"] = "" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Insert(0, typeof(ViewerWindowTests).Assembly.Location);
        Process child = Start(start);
        child.OutputDataReceived += (_, _) => { };
        child.BeginOutputReadLine();
        return child;
    }

    private Process Start(ProcessStartInfo start)
    {
        Process process = Process.Start(start)!;
        _started.Add(process);
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    private static string Tool(string display, params string[] arguments)
    {
        using Process tool = Process.Start(new ProcessStartInfo("xdotool", arguments) { Environment = { ["DISPLAY"] = display }, RedirectStandardOutput = true })!;
        string output = tool.StandardOutput.ReadToEnd();
        Assert.True(tool.WaitForExit(Patience), $"xdotool {arguments[0]} did not end");
        return output.Trim();
    }

    private SceneState Next(int n) => WaitFor(() => File.Exists(Path.Combine(_folder, $"scene{n}")) ? SceneJson.ReadScene(File.ReadAllText(Path.Combine(_folder, $"scene{n}"))) : null, "a picture");

    // the scene drawn last
    private SceneState Wait(Func<SceneState, bool> isWanted) => WaitFor(() =>
    {
        int n = 0;
        while (File.Exists(Path.Combine(_folder, $"scene{n + 1}")))
            n++;
        SceneState last = Next(n);
        return isWanted(last) ? last : null;
    }, "a scene that is as wanted");

    private static SceneState WaitFor(Func<SceneState?> look, string what)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < Patience)
        {
            if (look() is { } found)
                return found;
            Thread.Sleep(20);
        }
        throw new TimeoutException($"the window did not show {what}");
    }
}
