from django.contrib.auth import views as auth
from django.urls import path

from central.office import compliance, e_receipt, exceptions, pages, retention, till, transactions, visitors
from central.office.sign_in import SignIn

urlpatterns = [
    path("", pages.dashboard, name="dashboard"),
    path("kiosks/<str:kiosk>", pages.kiosk, name="kiosk"),
    path("kiosks/<str:kiosk>/till", till.till, name="till"),
    path("kiosks/<str:kiosk>/compliance", compliance.compliance, name="compliance"),
    path("kiosks/<str:kiosk>/days/<str:report>", till.one_day, name="one_day"),
    path("kiosks/<str:kiosk>/days.csv", till.days_csv, name="days_csv"),
    path("transactions", transactions.listing, name="transactions"),
    path("transactions/<str:kiosk>/<str:payment>", transactions.detail, name="transaction"),
    path("problems", pages.problems, name="problems"),
    path("problems/<int:problem>/settle", pages.settle, name="settle"),
    path("exceptions", exceptions.exceptions, name="exceptions"),
    path("exceptions/found/<int:problem>/close", exceptions.close_found, name="close_found"),
    path("exceptions/<str:kiosk>/<str:number>/close", exceptions.close, name="close_exception"),
    path("visitors", visitors.visitors, name="visitors"),
    path("visitors/<str:kiosk>/<str:call>/answer", visitors.answer, name="answer_call"),
    path("r", e_receipt.shown, name="e_receipt"),
    path("visitors/<str:kiosk>/<str:number>/contact", visitors.contact, name="opinion_contact"),
    path("retention", retention.retention, name="retention"),
    path("customers", pages.customers, name="customers"),
    path("enrolment-code", pages.enrolment_code, name="enrolment_code"),
    path("language", pages.set_language, name="language"),
    path("sign-in", SignIn.as_view(), name="login"),
    path("sign-out", auth.LogoutView.as_view(), name="logout"),
]
