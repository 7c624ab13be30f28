using System.Diagnostics;
using System.Globalization;
using Cellpose3D.Viewer.Tests.Server;
using Microsoft.Playwright;

namespace Cellpose3D.Viewer.Tests.Browser;

/// <summary>The page of a served scene in a browser, and what a hand does there. A message in the console fails the test.</summary>
internal sealed class OpenedPage : IAsyncDisposable
{
    /// <summary>Far beyond any wait here; a busy machine must not fail a test.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly List<string> _complaints = [];

    private OpenedPage(IPage page) => Page = page;

    public IPage Page { get; }

    public static async Task<OpenedPage> OpenAsync(BrowserFixture browser, ServedScene scene)
    {
        var opened = new OpenedPage(await browser.OpenAsync());
        opened.Page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                opened._complaints.Add(message.Text);
        };
        opened.Page.PageError += (_, error) => opened._complaints.Add(error);
        await opened.Page.GotoAsync(scene.Server.Address);
        await opened.Until("window.cellpose3d && cellpose3d.slices.every(s => s.element.offsetParent === null || s.isComplete) && document.querySelector('#tools button')");
        return opened;
    }

    /// <summary>Waits until something holds in the page.</summary>
    public Task Until(string expression) => Until(Page, expression);

    /// <summary>Waits until something holds in a page.</summary>
    /// <remarks>Asked from here again and again: the page's policy lets nothing be evaluated inside of it.</remarks>
    public static async Task Until(IPage page, string expression)
    {
        var watch = Stopwatch.StartNew();
        while (!await page.EvaluateAsync<bool>($"!!({expression})"))
        {
            Assert.True(watch.Elapsed < Patience, $"still not true after {Patience}: {expression}");
            await Task.Delay(30);
        }
    }

    /// <summary>A value of the page.</summary>
    public Task<T> Get<T>(string expression) => Page.EvaluateAsync<T>(expression);

    /// <summary>The cells selected.</summary>
    public Task<int[]> Selected() => Get<int[]>("cellpose3d.store.scene.labels.selected");

    /// <summary>Where a voxel of the XY slice is on the page.</summary>
    public async Task<(float X, float Y)> At(double y, double x)
    {
        double[] place = await Get<double[]>(string.Create(CultureInfo.InvariantCulture,
            $"(() => {{ const v = cellpose3d.slices[0], b = v.element.getBoundingClientRect(), p = v.toScreen({{ z: v.index, y: {y}, x: {x} }}); return [b.left + p[0], b.top + p[1]]; }})()"));
        return ((float)place[0], (float)place[1]);
    }

    /// <summary>Moves the mouse to a voxel of the XY slice.</summary>
    public async Task MoveTo(double y, double x)
    {
        (float px, float py) = await At(y, x);
        await Page.Mouse.MoveAsync(px, py, new MouseMoveOptions { Steps = 3 });
    }

    /// <summary>Clicks a voxel of the XY slice.</summary>
    public async Task Click(double y, double x, MouseButton button = MouseButton.Left)
    {
        await MoveTo(y, x);
        await Page.Mouse.DownAsync(new MouseDownOptions { Button = button });
        await Page.Mouse.UpAsync(new MouseUpOptions { Button = button });
    }

    /// <summary>Draws through voxels of the XY slice with the button held.</summary>
    public async Task Drag(params (double Y, double X)[] way)
    {
        await MoveTo(way[0].Y, way[0].X);
        await Page.Mouse.DownAsync();
        foreach ((double y, double x) in way[1..])
            await MoveTo(y, x);
        await Page.Mouse.UpAsync();
    }

    /// <summary>Presses a key with the XY slice in focus.</summary>
    public async Task Press(string key)
    {
        await Page.Locator("#view-xy").FocusAsync();
        await Page.Keyboard.PressAsync(key);
    }

    /// <summary>The id that the page shows at a voxel of the XY slice.</summary>
    public Task<int> IdAt(int y, int x) => Get<int>(string.Create(CultureInfo.InvariantCulture, $"cellpose3d.slices[0].read({{ z: cellpose3d.slices[0].index, y: {y}, x: {x} }}).id ?? -1"));

    /// <summary>Leaves a picture of the page to be looked at.</summary>
    public Task Picture(string name) => Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(BrowserFixture.Pictures, name + ".png") });

    public async ValueTask DisposeAsync()
    {
        await Page.CloseAsync();
        Assert.Empty(_complaints);
    }
}
