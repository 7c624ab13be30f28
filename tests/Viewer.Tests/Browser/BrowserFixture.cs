using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Cellpose3D.Viewer.Tests.Browser.BrowserFixture))]

namespace Cellpose3D.Viewer.Tests.Browser;

/// <summary>One Chromium for all tests of the page; where there is none, they skip and say why.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where pictures of the page are left to be looked at.</summary>
    public static string Pictures { get; } = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "TestResults", "page")).FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Opens a page; skips the running test, visibly, where there is no Chromium.</summary>
    public async Task<IPage> OpenAsync()
    {
        string? chromium = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(f => f.Length > 0)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        Assert.SkipWhen(chromium is null, "there is no chromium on the PATH; as root: apt-get install chromium");
        _playwright ??= await Playwright.CreateAsync();
        _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = chromium, Args = ["--no-sandbox"], Timeout = 120_000 });
        IPage page = await _browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 800 } });
        page.SetDefaultTimeout(120_000);                                    // far beyond any wait here; a busy machine must not fail a test
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
