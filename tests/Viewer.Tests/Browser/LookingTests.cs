using System.Globalization;
using Cellpose3D.Viewer.Tests.Server;
using Microsoft.Playwright;

namespace Cellpose3D.Viewer.Tests.Browser;

/// <summary>Looking at a scene in the page.</summary>
public sealed class LookingTests(BrowserFixture browser)
{
    [Fact]
    public async Task Open_ShowsSlicesAndKeepsTheTokenOutOfTheAddress()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);

        Assert.DoesNotContain("token", page.Page.Url);
        Assert.Equal("balls.tif – cellpose3d", await page.Page.TitleAsync());
        Assert.Equal("balls.tif", await page.Page.Locator("#name").TextContentAsync());
        Assert.Contains("12 × 64 × 60 voxels", await page.Page.Locator("#facts").TextContentAsync());
        await page.Picture("open");
        await page.Page.ReloadAsync();                                      // by the cookie
        await page.Until("window.cellpose3d");
    }

    [Fact]
    public async Task Hover_SaysIdValueAndPlace()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);
        await page.Get<object>("cellpose3d.store.moveCursor({ z: 6, y: 30, x: 30 })");
        await page.Until("cellpose3d.slices[0].isComplete && cellpose3d.table.columns.length > 0");

        await page.MoveTo(16, 44);
        await page.Until("cellpose3d.store.hovered === 70000");
        string tip = (await page.Page.Locator("#tip").TextContentAsync())!;

        Assert.Contains("cell 70000", tip);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{2 * served.Labels.Voxels.Count(v => v == 70_000)} µm³"), tip.Replace(".0", "", StringComparison.Ordinal));
        Assert.Contains("image: 1000", tip);
        Assert.Contains("z 6  y 16  x 44", tip);
        Assert.Matches("13, 16\\.[0-9]+, 44\\.[0-9]+ µm", tip);       // the mouse is somewhere on the voxel
    }

    [Fact]
    public async Task Click_SelectsAndMovesTheCursor_ShiftAdds_EmptyClears()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);

        await page.Click(16, 44);
        Assert.Equal((int[])[70_000], await page.Selected());
        Assert.Equal((int[])[16, 44], await page.Get<int[]>("[cellpose3d.store.scene.cursor.y, cellpose3d.store.scene.cursor.x]"));
        await page.Page.Keyboard.DownAsync("Shift");
        await page.Click(46, 30);
        await page.Page.Keyboard.UpAsync("Shift");
        Assert.Equal((int[])[70_000, 3], await page.Selected());
        await page.Click(60, 5);

        Assert.Empty(await page.Selected());
        // the server knows what the page shows, at the latest when the next message was answered
        await page.Press("i");
        Assert.Empty(served.Session.Scene.Labels!.Selected);
    }

    [Fact]
    public async Task Isolate_Hide_ShowAll_ChangeWhatIsDrawn()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);

        await page.Click(16, 44);
        await page.Press("i");
        Assert.Equal(["none", "own", "none"], await page.Get<string[]>("[1, 70000, 3].map(id => cellpose3d.store.look(id))"));
        await page.Press("i");
        await page.Press("h");
        Assert.Equal(["own", "none", "own"], await page.Get<string[]>("[1, 70000, 3].map(id => cellpose3d.store.look(id))"));
        await page.Press("Shift+H");

        Assert.Equal(["own", "own", "own"], await page.Get<string[]>("[1, 70000, 3].map(id => cellpose3d.store.look(id))"));
    }

    [Fact]
    public async Task Wheel_ZoomsAtTheMouse_WithCtrlGoesThroughThePlanes_DoubleClickResets()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);
        double zoom = await page.Get<double>("cellpose3d.sight.zoom");

        (float x, float y) = await page.At(16, 44);
        await page.MoveTo(16, 44);
        await page.Page.Mouse.WheelAsync(0, -400);
        await page.Until($"cellpose3d.sight.zoom > {zoom.ToString(CultureInfo.InvariantCulture)} * 1.9");
        (float zoomedX, float zoomedY) = await page.At(16, 44);
        await page.Page.Keyboard.DownAsync("Control");
        await page.Page.Mouse.WheelAsync(0, 100);
        await page.Page.Keyboard.UpAsync("Control");
        await page.Until("cellpose3d.store.scene.cursor.z === 6");
        await page.Page.Mouse.DblClickAsync(x, y);

        Assert.Equal((x, y), (zoomedX, zoomedY), new Close());
        Assert.Equal(zoom, await page.Get<double>("cellpose3d.sight.zoom"), 1e-9);
    }

    [Fact]
    public async Task Keys_GoThroughPlanes_AndHelpListsThem()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);

        await page.Press("ArrowUp");
        await page.Press("ArrowUp");
        await page.Press("ArrowDown");
        Assert.Equal(6, await page.Get<int>("cellpose3d.store.scene.cursor.z"));
        await page.Page.Locator("#view-xz").FocusAsync();
        await page.Page.Keyboard.PressAsync("ArrowUp");
        Assert.Equal(32, await page.Get<int>("cellpose3d.store.scene.cursor.y"));
        await page.Press("?");
        Assert.Contains("isolate the selected cells", await page.Page.Locator("#help").TextContentAsync());
        await page.Picture("help");
        await page.Page.Locator("#help select").SelectOptionAsync("cellpose");
        await page.Until("cellpose3d.keys.profile.title === 'cellpose'");
        await page.Page.Keyboard.PressAsync("Escape");
    }

    [Fact]
    public async Task Table_SortsFiltersAndIsLinked()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);
        await page.Page.ClickAsync("#tab-cells");
        await page.Until("document.querySelectorAll('#table .tr').length === 3");

        await page.Page.ClickAsync("#table .tr[data-id='3']");
        Assert.Equal((int[])[3], await page.Selected());
        Assert.Equal((int[])[6, 46, 30], await page.Get<int[]>("Object.values(cellpose3d.store.scene.cursor)"));
        await page.Page.ClickAsync("#table .head button:first-child");
        Assert.Equal(["70000", "3", "1"], await page.Get<string[]>("[...document.querySelectorAll('#table .tr')].map(r => r.dataset.id)"));
        await page.Page.FillAsync("#filter", "label > 2, label < 100");
        Assert.Equal(["3"], await page.Get<string[]>("[...document.querySelectorAll('#table .tr')].map(r => r.dataset.id)"));
        Assert.Equal("1 of 3 cells", await page.Page.Locator("#table-facts").TextContentAsync());
        await page.Page.FillAsync("#filter", "");
        await page.Click(16, 44);
        Assert.Equal("true", await page.Page.Locator("#table .tr[data-id='70000']").GetAttributeAsync("aria-selected"));
        await page.Picture("table");
    }

    [Fact]
    public async Task Layers_ChangeLutContrastAndColours()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);
        await page.Until("cellpose3d.layers.features.length > 0 && cellpose3d.store.colorVersion > 0");

        await page.Page.GetByLabel("colours", new PageGetByLabelOptions { Exact = true }).SelectOptionAsync("magma");
        await page.Page.GetByLabel("colour", new PageGetByLabelOptions { Exact = true }).SelectOptionAsync("feature:area");
        await page.Until("cellpose3d.store.colorRange !== null");
        await page.Press("c");

        Assert.Equal("magma", served.Session.Scene.Images[0].Lut);
        Assert.Equal("area", served.Session.Scene.Labels!.Feature);
        Assert.Equal("viridis", served.Session.Scene.Labels!.FeatureMap);
        await page.Picture("feature");
        await page.Press("x");
        await page.Until("!cellpose3d.store.scene.labels.is_visible");
        await page.Picture("image-only");
    }

    [Fact]
    public async Task Volume_TurnsByTheMouse_PicksAndHighlights()
    {
        await using ServedScene served = await ServedScene.StartAsync(withGl: true);
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);
        await page.Until("cellpose3d.volume.last !== null");
        ILocator view = page.Page.Locator("#view-volume");
        LocatorBoundingBoxResult box = (await view.BoundingBoxAsync())!;

        await page.Page.Mouse.MoveAsync(box.X + 30, box.Y + 60);
        await page.Page.Mouse.DownAsync();
        await page.Page.Mouse.MoveAsync(box.X + 90, box.Y + 80, new MouseMoveOptions { Steps = 12 });
        await page.Page.Mouse.UpAsync();
        double azimuth = await page.Get<double>("cellpose3d.store.scene.camera.azimuth");
        // the picture of where the camera came to rest, with ids
        await page.Until("cellpose3d.volume.idAt(0, 0) !== null");
        double[] place = await page.Get<double[]>("""
            (() => { const v = cellpose3d.volume; for (let y = 0; y < v.height; y += 4) for (let x = 0; x < v.width; x += 4)
                if ([-8, 0, 8].every(d => v.idAt(x + d, y) === 70000 && v.idAt(x, y + d) === 70000)) return [x, y]; return []; })()
            """);
        Assert.Equal(2, place.Length);
        await page.Page.Mouse.MoveAsync(box.X + (float)place[0], box.Y + (float)place[1]);
        await page.Until("cellpose3d.store.hovered === 70000");
        await page.Picture("volume");
        await page.Page.Mouse.DownAsync();
        await page.Page.Mouse.UpAsync();
        await page.Until("cellpose3d.store.scene.labels.selected.length === 1");

        Assert.NotEqual(32, azimuth);
        Assert.Equal(azimuth, served.Session.Scene.Camera.Azimuth, 6);
        Assert.Equal((int[])[70_000], await page.Selected());
        // the cursor went to where the cell was hit
        Assert.Equal(70_000u, ServedScene.Ball((int)served.Session.Scene.Cursor.Z, (int)served.Session.Scene.Cursor.Y, (int)served.Session.Scene.Cursor.X));
    }

    [Fact]
    public async Task Movie_StepsThroughTime_AndLineagesAreLinked()
    {
        await using ServedScene served = await ServedScene.StartAsync(frames: 4);
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);
        await page.Until("cellpose3d.lineage !== null");

        await page.Press("ArrowRight");
        await page.Press("ArrowRight");
        await page.Until("cellpose3d.store.scene.time === 2 && cellpose3d.slices[0].isComplete && document.getElementById('at-t').textContent === '3 / 4'");
        await page.Get<object>("cellpose3d.store.moveCursor({ z: 6, y: 30, x: 30 })");
        await page.Until("cellpose3d.slices[0].isComplete && cellpose3d.slices[0].index === 6");
        await page.Click(46, 30 + 2 + 5);                                   // ball 3 has come two voxels further
        Assert.Equal((int[])[3], await page.Selected());
        await page.Picture("movie");
        double[] lane = await page.Get<double[]>("""
            (() => { const c = document.querySelector('#lineage canvas'), b = c.getBoundingClientRect(); return [b.left + 40 + (b.width - 70) / 3, b.top + 22]; })()
            """);
        await page.Page.Mouse.ClickAsync((float)lane[0], (float)lane[1]);

        Assert.Equal((int[])[1], await page.Selected());
        Assert.Equal(1, await page.Get<int>("cellpose3d.store.scene.time"));
        await page.Page.ClickAsync("#play");
        await page.Until("cellpose3d.store.scene.time === 3");
        await page.Page.ClickAsync("#play");
    }

    [Fact]
    public async Task SecondPage_SeesWhatTheFirstDoes()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage first = await OpenedPage.OpenAsync(browser, served), second = await OpenedPage.OpenAsync(browser, served);

        await first.Click(16, 44);
        await second.Until("cellpose3d.store.scene.labels.selected.join() === '70000' && cellpose3d.store.scene.cursor.x === 44");
        await second.Press("i");

        await first.Until("cellpose3d.store.scene.labels.isolated.join() === '70000'");
    }

    [Fact]
    public async Task Screenshot_IsAPngOfTheViews()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);

        IDownload download = await page.Page.RunAndWaitForDownloadAsync(() => page.Page.ClickAsync("#bar [data-action='screenshot']"));

        Assert.Equal("balls_view.png", download.SuggestedFilename);
        using SkiaSharp.SKBitmap picture = SkiaSharp.SKBitmap.Decode(await download.PathAsync());
        Assert.True(picture.Pixels.Distinct().Count() > 20);
    }

    // pixels of the screen
    private sealed class Close : IEqualityComparer<(float X, float Y)>
    {
        public bool Equals((float X, float Y) a, (float X, float Y) b) => Math.Abs(a.X - b.X) < 0.5 && Math.Abs(a.Y - b.Y) < 0.5;

        public int GetHashCode((float X, float Y) place) => 0;
    }
}
