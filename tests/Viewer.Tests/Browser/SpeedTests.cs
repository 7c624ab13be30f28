using System.Globalization;
using System.Text.Json;
using Cellpose3D.Viewer.Tests.Server;
using Cellpose3D.Viewer.Volumes;
using Microsoft.Playwright;

namespace Cellpose3D.Viewer.Tests.Browser;

/// <summary>What large data ask of the page: nothing is waited for. Times are left in <c>speed.txt</c> beside the pictures.</summary>
/// <remarks>Whether something must be fetched first is counted. Times are processor time of the page's main thread, so that a busy machine does not decide.</remarks>
public sealed class SpeedTests(BrowserFixture browser)
{
    /// <summary>Milliseconds of the main thread from a key to a whole new picture of three slices.</summary>
    private const double LongestChange = 50;

    /// <summary>Milliseconds of the main thread for a picture while one pans or paints: what leaves 30 pictures a second.</summary>
    private const double LongestFrame = 33;

    [Fact]
    public async Task PlaneChange_OfWhatWasExpected_NeedsNoFetch()
    {
        // cells of 24 voxels in a grid
        LabelVolume labels = Phantoms.Labels(64, 512, 512, (z, y, x) => (z % 16 - 8) * (z % 16 - 8) * 2 + (y % 32 - 16) * (y % 32 - 16) + (x % 32 - 16) * (x % 32 - 16) <= 144 ? (uint)(z / 16 * 256 + y / 32 * 16 + x / 32 + 1) : 0);
        await using ServedScene served = await ServedScene.StartAsync(labels);
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);
        await page.Until("cellpose3d.store.colorVersion > 0 && cellpose3d.tiles.isQuiet");
        ICDPSession session = await Counting(page);

        // each key with what was expected at hand, as when a hand rests a moment on each plane
        var script = new List<double>();
        for (int n = 0; n < 12; n++)
        {
            await page.Until("cellpose3d.tiles.isQuiet && cellpose3d.slices.every(s => s.isComplete)");
            await Task.Delay(250, TestContext.Current.CancellationToken);      // tiles are painted when the page is idle
            double before = await Busy(session);
            Assert.True(await page.Get<bool>("(() => { cellpose3d.run('next-plane'); cellpose3d.slices.forEach(s => s.draw(true)); return cellpose3d.slices.every(s => s.isComplete); })()"), $"plane {n}");
            script.Add(await Busy(session) - before);
        }
        // three planes at once, the way one was going
        await page.Until("cellpose3d.tiles.isQuiet && cellpose3d.slices.every(s => s.isComplete)");
        Assert.True(await page.Get<bool>("[1, 2, 3].every(() => { cellpose3d.run('next-plane'); cellpose3d.slices.forEach(s => s.draw(true)); return cellpose3d.slices.every(s => s.isComplete); })"));

        double[] wall = await page.Get<double[]>("""
            (async () => { const times = [], frame = () => new Promise(r => requestAnimationFrame(r)); for (let n = 0; n < 12; n++) {
              await new Promise(r => setTimeout(r, 400)); const start = performance.now(); cellpose3d.run('previous-plane'); await frame(); await frame(); times.push(performance.now() - start); } return times; })()
            """);
        Note("plane change, 64 x 512 x 512, three slices", script, wall);
        Assert.InRange(Median(script), 0, LongestChange);
    }

    [Fact]
    public async Task FlatImage_Of36Megapixels_PansAndPaintsWithoutWaiting()
    {
        LabelVolume labels = Phantoms.Labels(1, 6000, 6000, (_, y, x) => (y % 40 - 20) * (y % 40 - 20) + (x % 40 - 20) * (x % 40 - 20) <= 225 ? (uint)(y / 40 * 150 + x / 40 + 1) : 0);
        await using ServedScene served = await ServedScene.StartAsync(labels);
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);
        await page.Until("cellpose3d.store.colorVersion > 0 && cellpose3d.tiles.isQuiet");
        await page.Picture("large");
        ICDPSession session = await Counting(page);

        foreach ((string name, double zoom) in ((string, double)[])[("all of it", 1), ("one pixel for one", 8.5), ("four pixels for one", 34)])
        {
            await page.Get<object>(string.Create(CultureInfo.InvariantCulture, $"(() => {{ const s = cellpose3d.slices[0]; cellpose3d.fitSlices(); s.zoomAt({zoom}, s.width / 2, s.height / 2); s.draw(true); }})()"));
            await page.Until("cellpose3d.tiles.isQuiet && cellpose3d.slices[0].isComplete");
            var pans = new List<double>();
            for (int n = 0; n < 20; n++)
            {
                double before = await Busy(session);
                await page.Get<object>("(() => { cellpose3d.slices[0].panBy(-9, -5); cellpose3d.slices[0].draw(true); })()");
                pans.Add(await Busy(session) - before);
            }
            Note($"pan, 6000 x 6000, {name}", pans, []);
            Assert.InRange(Median(pans), 0, LongestFrame);
        }

        // the answers are held back: what is painted is seen all the same
        await page.Get<object>("(() => { const apply = cellpose3d.editing.edited; window.held = []; cellpose3d.editing.edited = m => window.held.push(m); window.release = () => { cellpose3d.editing.edited = apply; window.held.forEach(m => apply.call(cellpose3d.editing, m)); }; })()");
        await page.Press("p");
        await page.Until("cellpose3d.tiles.isQuiet && cellpose3d.slices[0].isComplete");
        var strokes = new List<double>();
        await page.Get<object>("(() => { const s = cellpose3d.slices[0], at = s.toVoxel(s.width / 2, s.height / 2); window.at = at; cellpose3d.editing.down(s, at, { button: 0 }, 'cursor'); })()");
        for (int n = 0; n < 20; n++)
        {
            double before = await Busy(session);
            await page.Get<object>("(() => { const s = cellpose3d.slices[0]; window.at = { ...window.at, x: window.at.x + 2 }; cellpose3d.editing.move(s, window.at); s.draw(true); })()");
            strokes.Add(await Busy(session) - before);
            Assert.True(await page.Get<bool>("cellpose3d.slices[0].read(window.at).id === (cellpose3d.editing.state.largest_id + 1)"), $"point {n} is not seen");
        }
        await page.Get<object>("(() => { cellpose3d.editing.up(cellpose3d.slices[0], window.at); release(); })()");
        await page.Until("cellpose3d.editing.isAnswered && cellpose3d.tiles.isQuiet && cellpose3d.slices[0].isComplete");
        Note("point of a stroke, 6000 x 6000", strokes, []);

        Assert.InRange(Median(strokes), 0, LongestFrame);
        Assert.Equal(22_501, await page.Get<int>("cellpose3d.slices[0].read(window.at).id"));
    }

    private static async Task<ICDPSession> Counting(OpenedPage page)
    {
        ICDPSession session = await page.Page.Context.NewCDPSessionAsync(page.Page);
        await session.SendAsync("Performance.enable", new Dictionary<string, object> { ["timeDomain"] = "threadTicks" });
        return session;
    }

    // milliseconds that the page's main thread has worked so far
    private static async Task<double> Busy(ICDPSession session)
    {
        JsonElement metrics = (await session.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics");
        return 1000 * metrics.EnumerateArray().Single(m => m.GetProperty("name").GetString() == "TaskDuration").GetProperty("value").GetDouble();
    }

    private static double Median(IReadOnlyList<double> values) => values.Order().ElementAt(values.Count / 2);

    private static void Note(string what, IReadOnlyList<double> busy, IReadOnlyList<double> wall) => File.AppendAllText(Path.Combine(BrowserFixture.Pictures, "speed.txt"), string.Create(CultureInfo.InvariantCulture,
        $"{what}: main thread {Median(busy):f1} ms in the median, {busy.Max():f1} at most{(wall.Count == 0 ? "" : $"; {Median(wall):f0} ms from key to the second frame, {wall.Max():f0} at most")}\n"));
}
